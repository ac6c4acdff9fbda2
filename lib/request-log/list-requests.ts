import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { findRequests, searchedTo } from './find-requests.ts';
import type { LogFilter } from './log-filter.ts';
import { readRequests } from './request-rows.ts';
import type { LoggedRequest } from './types.ts';

export const PAGE_SIZE = 50;
const BUDGET_MS = 120;

export type LogPage = {
  requests: LoggedRequest[];
  newer: string | null;
  older: string | null;
  /** How far the search got if it stopped before the page was full. `older` or `newer` continues from there. */
  searchedTo: Date | null;
};

/**
 * A page of the request log, newest first. Members see only requests of their own keys. IDs are ordered by time, so
 * pages don't shift while requests arrive. Searches that no index answers stop after `budgetMs` and report how far they got.
 */
export async function listRequests(
  { db, member }: { db: Queryable; member: Member },
  filter: LogFilter,
  { budgetMs = BUDGET_MS, nowMs = Date.now() } = {},
): Promise<LogPage> {
  authorize(member, 'usage.view.own');
  const forward = filter.after !== undefined;
  const found = await findRequests(db, member, filter, { limit: PAGE_SIZE + 1, budgetMs, nowMs });
  const more = found.ids.length > PAGE_SIZE;
  const requests = await readRequests(db, member, found.ids.slice(0, PAGE_SIZE));
  const first = requests[0]?.id ?? null;
  const last = requests.at(-1)?.id ?? null;
  const stopped = searchedTo(found);
  if (forward) return { requests, newer: more ? first : found.stoppedAt, older: last, searchedTo: stopped };
  return {
    requests,
    newer: filter.before ? first : null,
    older: more ? last : found.stoppedAt,
    searchedTo: stopped,
  };
}
