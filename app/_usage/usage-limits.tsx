import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { countText } from '#app/_components/charts/numbers.ts';
import { ClockTime } from '#app/_components/charts/reader-time.tsx';
import { Progress } from '#app/_components/progress.tsx';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import type { UsageLimits as Limits, LimitUse } from '#lib/usage/read-usage-limits.ts';

const NAMES: Record<LimitUse['kind'], string> = {
  credential: 'Daily limit of the key',
  member: 'Daily cap of the member',
  application: 'Daily cap of the app',
  non_production: 'Daily quota for Development and Staging',
  team: 'Daily quota of the team',
};

/** What of today is left, for how long, and how fast calls may come. */
export function UsageLimits({
  limits: { limits, burst, planName },
  member,
}: {
  limits: Limits;
  member: Member;
}) {
  return (
    <Card
      title="Usage limits"
      description={`Today, by UTC, on the plan ${planName}.`}
      actions={
        <Link href={`/t/${member.teamSlug}/settings/limits`} className="text-sm underline underline-offset-4">
          {can(member, 'quota.edit') ? 'Change limits' : 'All limits'}
        </Link>
      }
    >
      <ul className="flex flex-col gap-4">
        {limits.map((limit) => (
          <li key={limit.kind}>
            <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-3">
              <span className="font-medium">{NAMES[limit.kind]}</span>
              <span className="tabular-nums">{countText(limit.left)} left</span>
            </div>
            <Progress value={limit.used} max={limit.limit} label={NAMES[limit.kind]} />
            <p className="mt-1.5 flex flex-wrap justify-between gap-x-3 text-sm text-muted tabular-nums">
              <span>
                {countText(limit.used)} of {countText(limit.limit)} used today
              </span>
              <Outlook limit={limit} />
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-sm text-muted">
        Burst: {countText(burst.requests)} calls in {countText(burst.windowSeconds)}{' '}
        {burst.windowSeconds === 1 ? 'second' : 'seconds'} for the whole team. How long it lasts is a guess
        from the last hour and the same hours of earlier days.
      </p>
    </Card>
  );
}

function Outlook({ limit: { left, forecast } }: { limit: LimitUse }) {
  if (left === 0) return <span className="font-medium text-danger">Used up until midnight UTC</span>;
  if (!forecast.runsOutAt) return <span>Lasts until midnight UTC</span>;
  return (
    <span className="font-medium text-warning">
      Runs out about <ClockTime at={forecast.runsOutAt.toISOString()} />
    </span>
  );
}
