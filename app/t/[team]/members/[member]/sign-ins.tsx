import { deviceName } from '#app/_account/device-name.ts';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { MemberActivity } from '#lib/members/read-member-activity.ts';

export function SignIns({ signIns, isRemoved }: { signIns: MemberActivity['signIns']; isRemoved: boolean }) {
  return (
    <Card title="Sign-ins" flush={signIns.length > 0}>
      {signIns.length === 0 ? (
        <p className="text-muted">
          {isRemoved ? 'None while in the team.' : 'None yet since joining the team.'}
        </p>
      ) : (
        <ul className="divide-y divide-line border-t border-line">
          {signIns.map((one) => (
            <li key={one.id} className="flex flex-wrap items-baseline justify-between gap-x-4 px-5 py-2.5">
              <span>
                <DateTime value={one.at} />
                <span className="ml-3 text-muted">{deviceName(one.userAgent)}</span>
              </span>
              <span className="text-sm text-muted">
                {one.ip && <span className="font-mono">{one.ip}</span>}
                {one.ip && ', '}last seen <DateTime value={one.lastSeenAt} format="relative" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
