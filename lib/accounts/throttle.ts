import { and, eq, inArray, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import type { Queryable } from '#db/client.ts';
import { signInThrottles } from '#db/schema/accounts.ts';
import { throttleCount } from '#lib/access/throttle.ts';

/** Wrong attempts without a wait. Each further one doubles it, up to 15 minutes. Accounts are never locked. */
const FREE_TRIES = 5;
const WAIT_SECONDS_MAX = 900;
/** Wrong attempts checked per account over all unknown sources: 100 an hour, with a wait of 15 minutes (ASVS 6.3.1). */
const UNKNOWN_MAX = 25;
const UNKNOWN_WINDOW_SECONDS = 900;

/**
 * Where attempts come from. Each source of an account has its own wait: a known device, an address (`unknown` without a
 * trusted proxy), a signed-in session that confirms its password, and codes entered after a correct password.
 */
export type Source = `device:${string}` | `address:${string}` | 'session' | 'code';

export const sourceOf = (device: string | null, ip: string | null): Source =>
  device ? `device:${device}` : `address:${ip ?? 'unknown'}`;

const isUnknown = (source: Source) => source.startsWith('address:');

/** Whether an attempt from this source is checked now. Attempts during a wait don't extend it. */
export async function canTry(db: Queryable, userId: string, source: Source): Promise<boolean> {
  const waiting = await db.$count(
    signInThrottles,
    and(
      eq(signInThrottles.userId, userId),
      eq(signInThrottles.source, source),
      sql`${signInThrottles.throttledUntil} > now()`,
    ),
  );
  const checked = isUnknown(source)
    ? await throttleCount(db, { kind: 'sign_in', key: userId, windowSeconds: UNKNOWN_WINDOW_SECONDS })
    : 0;
  return waiting === 0 && checked < UNKNOWN_MAX;
}

/**
 * Counts a wrong password or code of an account and records it in the audit log with its `reason`. For an email address
 * without an account, the same statement runs and finds no row, so it takes the same time.
 */
export async function countFailure(
  db: Queryable,
  whose: { userId: string } | { email: string },
  source: Source,
  reason: 'wrong_password' | 'wrong_code',
): Promise<void> {
  const account = 'userId' in whose ? sql`id = ${whose.userId}` : sql`email = ${whose.email}`;
  const failures = sql`sign_in_throttles.failures + 1`;
  const [, address = null] = /^address:(.*)$/.exec(source) ?? [];
  await db.transaction(async (tx) => {
    // Waiting for the disk would let the response time distinguish known addresses from unknown ones.
    await tx.execute(sql`set local synchronous_commit to off`);
    await tx.execute(sql`
      with account as (select id from users where ${account}),
      counted as (
        insert into sign_in_throttles (user_id, source, failures)
        select id, ${source}, 1 from account
        on conflict (user_id, source) do update set failures = ${failures}, updated_at = now(),
          throttled_until = case when ${failures} >= ${FREE_TRIES} then now() + make_interval(
            secs => least(${WAIT_SECONDS_MAX}, power(2, least(20, ${failures} - ${FREE_TRIES})))) end
        where coalesce(sign_in_throttles.throttled_until <= now(), true)
        returning user_id),
      checked as (
        insert into throttle_events (id, kind, key)
        select ${v7()}::uuid, 'sign_in', sha256(user_id::text::bytea) from counted where ${isUnknown(source)})
      insert into audit_events (id, actor, action, subject_kind, subject_id, after, ip)
      select ${v7()}::uuid, 'system', 'account.fail_sign_in', 'user', user_id::text,
        jsonb_build_object('reason', ${reason}::text, 'device', ${deviceLabel(source)}::text),
        ${address === 'unknown' ? null : address}::text from counted`);
  });
}

const deviceLabel = (source: Source): string =>
  source === 'session' ? 'signed in' : source.startsWith('device:') ? 'known' : 'unknown';

/** Resets the failures of these sources after a successful attempt. */
export async function resetThrottle(
  tx: Queryable,
  userId: string,
  sources?: readonly Source[],
): Promise<void> {
  const these = sources ? inArray(signInThrottles.source, [...sources]) : undefined;
  await tx.delete(signInThrottles).where(and(eq(signInThrottles.userId, userId), these));
}
