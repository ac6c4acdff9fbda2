import { deviceName } from '#app/_account/device-name.ts';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { ACTIVITY_LISTED, type MemberActivity } from '#lib/members/read-member-activity.ts';

/** Sessions in which the member opened this team. */
export function SignIns({ signIns, isRemoved }: { signIns: MemberActivity['signIns']; isRemoved: boolean }) {
  const isCut = signIns.length === ACTIVITY_LISTED;
  return (
    <Card
      title="Sign-ins"
      description={isCut && `The latest ${ACTIVITY_LISTED} in which they opened this team.`}
      flush={signIns.length > 0}
    >
      {signIns.length === 0 ? (
        <p className="text-muted">
          {isRemoved ? 'They never opened the team.' : 'They haven’t opened the team yet.'}
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
                {one.ip && ', '}last active <DateTime value={one.lastSeenAt} format="relative" />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
