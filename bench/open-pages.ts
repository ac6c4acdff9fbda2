import type { Db } from '../db/client.ts';
import { type Member, mint } from '../lib/access/member.ts';
import { readReconciliation } from '../lib/metering/read-reconciliation.ts';
import { listRequests } from '../lib/request-log/list-requests.ts';
import { readTraffic } from '../lib/usage/read-traffic.ts';
import { readUsage } from '../lib/usage/read-usage.ts';
import { readUsageChoices } from '../lib/usage/read-usage-choices.ts';
import { readUsageLimits } from '../lib/usage/read-usage-limits.ts';
import type { UsageScope } from '../lib/usage/usage-scope.ts';
import { type SpanQuery, spanOf } from '../lib/usage/usage-span.ts';

/** An owner of a team. Pages need a member to authorize. */
export const ownerOf = (teamId: string): Member =>
  mint({
    ...{ teamId, teamSlug: 'bench', role: 'owner', name: 'Bench', email: 'bench@example.com', ip: null },
    ...{ memberId: crypto.randomUUID(), userId: crypto.randomUUID() },
  });

/** Everything the usage page reads, concurrently as the page does. */
export async function openUsagePage(
  db: Db,
  member: Member,
  scope: Partial<UsageScope> = {},
  query: Partial<SpanQuery> = {},
  now = new Date(),
): Promise<void> {
  const asked = { scope, span: spanOf(query, now), now };
  await Promise.all([
    readUsage({ db, member }, asked),
    readTraffic({ db, member }, asked),
    readUsageLimits({ db, member }, asked),
    readUsageChoices({ db, member }),
    readReconciliation({ db, member }),
  ]);
}

/** A team's usage page and the first page of its log. */
export async function openPages(db: Db, teamId: string): Promise<void> {
  const member = ownerOf(teamId);
  await openUsagePage(db, member);
  await listRequests({ db, member }, {});
}
