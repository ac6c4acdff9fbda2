import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { shareText } from '#app/_components/charts/numbers.ts';
import { Progress } from '#app/_components/progress.tsx';
import { Sparkline } from '#app/_components/sparkline.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { formatCount, formatNumber, LOCALE } from '#lib/format.ts';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

const dayFormat = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const dayText = (day: string) => dayFormat.format(new Date(day));

/** Today's requests and quota, the error rate, and the last 30 days. Days are UTC days, as for the quota. */
export function Traffic({ board, team: teamPath }: { board: Dashboard; team: string }) {
  const { days, team, ownOnly } = board;
  const today = days.at(-1) ?? { requests: 0, errors: 0, refused: 0 };
  const total = days.reduce((sum, day) => sum + day.requests, 0);
  const quota = formatNumber(team.dailyQuota);
  return (
    <Card>
      <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,2fr)]">
        <div>
          <Stat
            label={ownOnly ? 'Your requests today' : 'Requests today'}
            value={formatNumber(today.requests)}
          />
          <div className="mt-3 flex flex-col gap-1.5">
            {!ownOnly && (
              <Progress value={today.requests} max={team.dailyQuota} label="Daily quota used today" />
            )}
            <p className="text-sm text-muted">
              {ownOnly ? `Team quota: ${quota} per day` : `of ${quota} · resets at 00:00 UTC`}
            </p>
          </div>
        </div>
        <Stat
          label="Error rate today"
          value={shareText(today.errors, today.requests)}
          hint={
            today.requests + today.refused > 0
              ? `${formatNumber(today.errors)} failed, ${formatNumber(today.refused)} rejected`
              : 'No requests yet today'
          }
        />
        <div>
          <Stat label="Last 30 days" value={formatNumber(total)} />
          <div className="mt-2">
            <Sparkline
              values={days.map((day) => day.requests)}
              titles={days.map((day) => `${dayText(day.day)}: ${formatCount(day.requests, 'request')}`)}
              label={`Requests per day over the last 30 days: ${formatNumber(total)} in total, ${formatNumber(Math.max(...days.map((day) => day.requests)))} per day at most.`}
            />
            <div aria-hidden="true" className="mt-1.5 flex justify-between text-xs text-muted">
              <span>{dayText(days[0]?.day ?? '')}</span>
              <span>Today</span>
            </div>
            <Link
              href={`${teamPath}/usage`}
              className="mt-2 inline-block text-sm underline underline-offset-4"
            >
              View Usage
            </Link>
          </div>
        </div>
      </div>
    </Card>
  );
}
