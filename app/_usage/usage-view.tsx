import { notFound } from 'next/navigation';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { readReconciliation } from '#lib/metering/read-reconciliation.ts';
import { readTraffic } from '#lib/usage/read-traffic.ts';
import { readUsage } from '#lib/usage/read-usage.ts';
import { readUsageChoices } from '#lib/usage/read-usage-choices.ts';
import { readUsageLimits } from '#lib/usage/read-usage-limits.ts';
import type { UsageScope } from '#lib/usage/usage-scope.ts';
import { spanOf } from '#lib/usage/usage-span.ts';
import { ErrorRates } from './error-rates.tsx';
import { Latency } from './latency.tsx';
import { NoRequests } from './no-requests.tsx';
import { placeOf } from './place.ts';
import { RangePicker } from './range-picker.tsx';
import { Reconciled } from './reconciled.tsx';
import { RequestPatterns } from './request-patterns.tsx';
import { ScopeForm } from './scope-form.tsx';
import { StatusCodes } from './status-codes.tsx';
import { TotalRequests } from './total-requests.tsx';
import { TrafficBy } from './traffic-by.tsx';
import { UsageLimits } from './usage-limits.tsx';
import { readUsageQuery, type SearchParams } from './usage-query.ts';

/** The usage page below its title, for the team or for the subject in `fixed`. */
export async function UsageView({
  member,
  path,
  fixed = {},
  searchParams,
}: {
  member: Member;
  path: string;
  fixed?: Partial<UsageScope>;
  searchParams: SearchParams;
}) {
  const now = new Date();
  const query = readUsageQuery(Object.entries(await searchParams), fixed);
  const place = placeOf({ team: member.teamSlug, path, fixed, query, now });
  const context = { db: database(), member };
  const asked = { scope: place.scope, span: spanOf(query, now), now };
  const [usage, read, limits, choices, reconciled] = await Promise.all([
    readUsage(context, { ...asked, compare: query.compare !== 'off' }),
    readTraffic(context, { ...asked, all: query.all }),
    readUsageLimits(context, asked),
    readUsageChoices(context),
    can(member, 'usage.view') ? readReconciliation(context) : null,
  ]);
  if (!usage || !read || !limits) notFound();
  const empty = usage.totals.calls === 0 && usage.open === 0;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-3">
        <RangePicker place={place} span={usage.span} />
        <ScopeForm place={place} choices={choices} scope={usage.scope} />
      </div>
      <div className="grid gap-5 lg:grid-cols-2">
        <TotalRequests usage={usage} place={place} />
        <UsageLimits limits={limits} member={member} />
      </div>
      {empty ? (
        <NoRequests usage={usage} place={place} />
      ) : (
        <>
          <RequestPatterns usage={usage} place={place} />
          <div className="grid gap-5 xl:grid-cols-2">
            <ErrorRates usage={usage} place={place} />
            <Latency usage={usage} place={place} />
          </div>
          <StatusCodes statuses={read.statuses} span={usage.span} place={place} />
          <TrafficBy traffic={read.traffic} span={usage.span} place={place} />
        </>
      )}
      {reconciled && <Reconciled found={reconciled} />}
    </div>
  );
}
