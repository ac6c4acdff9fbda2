import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';

import { ClockTime } from '#app/_components/charts/reader-time.tsx';
import { Progress } from '#app/_components/progress.tsx';
import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { UsageLimits as Limits } from '#lib/usage/read-usage-limits.ts';
import type { LimitUse } from '#lib/usage/types.ts';

const NAMES: Record<LimitUse['kind'], string> = {
  credential: 'Daily limit of the key',
  member: 'Daily limit of the member',
  application: 'Daily limit of the app',
  non_production: 'Daily quota for Development and Staging',
  team: 'Daily quota of the team',
};

/** The limits for today: used, remaining, and a forecast. */
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
      description={`Today (UTC) on the ${planName} plan.`}
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
              <span className="tabular-nums">{formatNumber(limit.left)} left</span>
            </div>
            <Progress value={limit.used} max={limit.limit} label={NAMES[limit.kind]} />
            <p className="mt-1.5 flex flex-wrap justify-between gap-x-3 text-sm text-muted tabular-nums">
              <span>
                {formatNumber(limit.used)} of {formatNumber(limit.limit)} used today
              </span>
              <Outlook limit={limit} />
            </p>
          </li>
        ))}
      </ul>
      <p className="mt-4 text-sm text-muted">
        Burst limit: {formatCount(burst.requests, 'request')} in {formatCount(burst.windowSeconds, 'second')}{' '}
        for the whole team. Forecasts are based on the last hour and on previous days.
      </p>
    </Card>
  );
}

function Outlook({ limit: { left, forecast } }: { limit: LimitUse }) {
  if (left === 0) return <span className="font-medium text-danger">Used up. Resets at 00:00 UTC.</span>;
  if (!forecast.runsOutAt) return <span>Lasts until it resets at 00:00 UTC</span>;
  return (
    <span className="font-medium text-warning">
      Runs out around <ClockTime at={forecast.runsOutAt.toISOString()} />
    </span>
  );
}
