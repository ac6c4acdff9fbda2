import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { Outcome } from '#app/_logs/outcome.tsx';
import type { MemberActivity } from '#lib/members/read-member-activity.ts';

type Props = { calls: MemberActivity['calls']; team: string; memberId: string };

export function Requests({ calls, team, memberId }: Props) {
  return (
    <Card
      title="Recent requests with their own key"
      flush={calls.length > 0}
      actions={
        calls.length > 0 && (
          <TextLink href={`/t/${team}/members/requests?member=${memberId}`}>View all requests</TextLink>
        )
      }
    >
      {calls.length === 0 ? (
        <p className="text-muted">
          No requests with this member’s own key yet. Requests with app keys are in the request logs.
        </p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {calls.map((call) => (
            <li
              key={call.id}
              className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-5 py-2.5"
            >
              <Link
                href={`/t/${team}/logs/${call.id}`}
                prefetch={false}
                className="flex min-w-0 items-center gap-2 underline-offset-4 hover:underline"
              >
                <MethodBadge method={call.method} />{' '}
                <span className="truncate font-mono text-sm" title={call.path}>
                  {call.path}
                </span>
              </Link>
              <span className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-muted">
                <Outcome request={call} /> <DateTime value={call.at} format="seconds" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
