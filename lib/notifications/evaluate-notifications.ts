import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { findErrorSpikes } from './find-error-spikes.ts';
import { findExpiredKeys } from './find-expired-keys.ts';
import { findFirstRefusals } from './find-first-refusals.ts';
import { findQuotas } from './find-quotas.ts';
import { notifyTeam } from './notify-team.ts';

/**
 * Finds events and notifies each member once, no matter how often and in how many processes it runs. Returns the number of
 * notifications and emails. Exposed keys aren't among the events: `lib/exposures` sends those emails immediately.
 */
export async function evaluateNotifications({
  db,
  settings,
  now,
  reasonWords,
}: {
  db: Db;
  settings: Settings;
  /** Describes a refusal code. */
  reasonWords: (code: string) => string;
  /** Defaults to the database's clock. */
  now?: Date;
}): Promise<{ notified: number; emails: number }> {
  const at = now ?? (await databaseTime(db));
  const events = (
    await Promise.all([
      findQuotas(db, at),
      findErrorSpikes(db, at),
      findFirstRefusals(db, at, reasonWords),
      findExpiredKeys(db, at),
    ])
  ).flat();
  const sums = { notified: 0, emails: 0 };
  for (const [teamId, ofTeam] of Map.groupBy(events, (event) => event.teamId)) {
    const done = await notifyTeam({ db, settings }, teamId, ofTeam);
    sums.notified += done.notified;
    sums.emails += done.emails;
  }
  return sums;
}

async function databaseTime(db: Db): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select now() as now`);
  return new Date(row!.now);
}
