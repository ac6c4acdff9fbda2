import type { Queryable } from '#db/client.ts';
import { takeThrottle, throttleCount } from '#lib/access/throttle.ts';

const HOUR_S = 3_600;

/** Invitations that one address receives in an hour, from all teams together, and that one team sends in a day (ASVS 2.4.1). */
const perAddress = (email: string) =>
  ({ kind: 'invitation_address', key: email, limit: 5, windowSeconds: HOUR_S }) as const;
const perTeam = (teamId: string) =>
  ({ kind: 'invitation_team', key: teamId, limit: 200, windowSeconds: 24 * HOUR_S }) as const;

/**
 * Whether one more invitation can be sent to an address; if so, it counts. Call it under `lockTeam`, and for several
 * addresses in sorted order.
 */
export async function takeInvitation(tx: Queryable, teamId: string, email: string): Promise<boolean> {
  const team = perTeam(teamId);
  // The lock on the team keeps this count exact. It's taken last, so that a rejected address doesn't count.
  if ((await throttleCount(tx, team)) >= team.limit) return false;
  return (await takeThrottle(tx, perAddress(email))) && takeThrottle(tx, team);
}
