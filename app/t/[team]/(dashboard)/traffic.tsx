import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { Progress } from '#app/_components/progress.tsx';
import { Sparkline } from '#app/_components/sparkline.tsx';
import { Stat } from '#app/_components/stat.tsx';
import type { Dashboard } from '#lib/usage/read-dashboard.ts';

const number = new Intl.NumberFormat('en-GB');
const percent = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
const dayName = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const named = (day: string) => dayName.format(new Date(day));

/** Today against the quota, the error rate, and the last 30 days. Days are UTC days, as the quota counts them. */
export function Traffic({ board, team: teamPath }: { board: Dashboard; team: string }) {
  const { days, team, ownOnly } = board;
  const today = days.at(-1) ?? { requests: 0, errors: 0, refused: 0 };
  const total = days.reduce((sum, day) => sum + day.requests, 0);
  const quota = number.format(team.dailyQuota);
  return (
    <Card>
      <div className="grid gap-6 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_minmax(0,2fr)]">
        <div>
          <Stat
            label={ownOnly ? 'Your requests today' : 'Requests today'}
            value={number.format(today.requests)}
          />
          <div className="mt-3 flex flex-col gap-1.5">
            {!ownOnly && (
              <Progress
                value={today.requests}
                max={team.dailyQuota}
                label="Requests today against the daily quota"
              />
            )}
            <p className="text-sm text-muted">
              {ownOnly ? `The team may make ${quota} a day.` : `of ${quota}; starts anew at 00:00 UTC`}
            </p>
          </div>
        </div>
        <Stat
          label="Error rate today"
          value={today.requests > 0 ? percent.format(today.errors / today.requests) : '—'}
          hint={
            today.requests + today.refused > 0
              ? `${number.format(today.errors)} failed, ${number.format(today.refused)} refused`
              : 'No calls yet today'
          }
        />
        <div>
          <Stat label="Last 30 days" value={number.format(total)} />
          <div className="mt-2">
            <Sparkline
              values={days.map((day) => day.requests)}
              titles={days.map((day) => `${named(day.day)}: ${number.format(day.requests)} requests`)}
              label={`Requests a day over the last 30 days: ${number.format(total)} in all, at most ${number.format(Math.max(...days.map((day) => day.requests)))} a day.`}
            />
            <div aria-hidden="true" className="mt-1.5 flex justify-between text-xs text-muted">
              <span>{named(days[0]?.day ?? '')}</span>
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
