import { sql } from 'drizzle-orm';
import type { Db } from '#db/client.ts';
import type { Settings } from '#lib/access/settings.ts';
import { findErrorJumps } from './find-error-spikes.ts';
import { findEndedKeys } from './find-expired-keys.ts';
import { findFirstRefusals } from './find-first-refusals.ts';
import { findQuotas } from './find-quotas.ts';
import { tellTeam } from './notify-team.ts';

/**
 * Looks for what people should know and tells each of them once, however often and on however many processes it runs.
 * Exposed keys are told of by `lib/exposures`, at the moment of the find. Answers how much was told and mailed.
 */
export async function evaluateNotifications({
  db,
  settings,
  now,
  reasonWords,
}: {
  db: Db;
  settings: Settings;
  /** What a refusal's code says to people. */
  reasonWords: (code: string) => string;
  /** By the database's clock unless given. */
  now?: Date;
}): Promise<{ told: number; mails: number }> {
  const at = now ?? (await databaseTime(db));
  const happenings = (
    await Promise.all([
      findQuotas(db, at),
      findErrorJumps(db, at),
      findFirstRefusals(db, at, reasonWords),
      findEndedKeys(db, at),
    ])
  ).flat();
  const sums = { told: 0, mails: 0 };
  for (const [teamId, ofTeam] of Map.groupBy(happenings, (happening) => happening.teamId)) {
    const done = await tellTeam({ db, settings }, teamId, ofTeam);
    sums.told += done.told;
    sums.mails += done.mails;
  }
  return sums;
}

async function databaseTime(db: Db): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select now() as now`);
  return new Date(row!.now);
}
