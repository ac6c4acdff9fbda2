import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { findRequests, searchedTo } from './find-requests.ts';
import type { LogFilter } from './log-filter.ts';
import { type LoggedRequest, readRows } from './request-rows.ts';

export const PAGE_SIZE = 50;
const BUDGET_MS = 120;

export type LogPage = {
  requests: LoggedRequest[];
  newer: string | null;
  older: string | null;
  /** How far it looked, when it stopped before the page was full; `older` or `newer` goes on from there. */
  searchedTo: Date | null;
};

/**
 * A page of the team's request log, the newest first; of a member's own keys only, for members. Pages by id, which
 * is ordered by time, so that a page does not shift while calls come in. A search that no index answers looks at
 * rows for `budgetMs`, and then says how far it got.
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
  const requests = await readRows(db, member, found.ids.slice(0, PAGE_SIZE));
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
