import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { type NotificationKind, notificationSettings, notifications } from '#db/schema/notifications.ts';
import { members, teams } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { describeReason } from '#lib/refusals/reasons.ts';
import { SetLimits, setLimits } from '#lib/teams/set-limits.ts';
import { ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { mailsOf } from '#tests/support/invitations.ts';
import { settings } from '#tests/support/settings.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { aMinute, aWholeDay } from '#tests/support/usage-sums.ts';
import { evaluateNotifications } from './evaluate-notifications.ts';
import { findQuotas } from './find-quotas.ts';
import { notifyTeam } from './notify-team.ts';

/** Noon, so that no test runs near midnight. */
const noon = new Date(`${new Date().toISOString().slice(0, 10)}T12:00:30Z`);
const evaluate = (db: Db, minutesLater = 0) =>
  evaluateNotifications({
    db,
    now: new Date(noon.getTime() + minutesLater * 60_000),
    reasonWords: describeReason,
    settings,
  });
const stored = async (db: Db) =>
  db
    .select({ memberId: notifications.memberId, cause: notifications.cause, href: notifications.href })
    .from(notifications)
    .orderBy(notifications.id);

async function aWatchedTeam(db: Db, dailyQuota = 100) {
  const owner = await aMember(db, 'owner', await aTeam(db, { name: 'Acme', dailyQuota }));
  const app = await anApplication(db, owner);
  return { owner, app, key: await aCredential(db, app, { name: 'Shop' }) };
}

async function without(db: Db, { memberId, teamId }: Member, kind: NotificationKind, choice: object) {
  await db.insert(notificationSettings).values({ teamId, memberId, kind, ...choice });
}

test(
  'owners and admins are notified at 80% and 100% of the quota, once a day each, and by email',
  withDb(async (db) => {
    const { owner, key } = await aWatchedTeam(db);
    const admin = await aMember(db, 'admin', owner);
    await aMember(db, 'member', owner);
    const gone = await aMember(db, 'owner', owner);
    await db.update(members).set({ status: 'suspended' }).where(eq(members.id, gone.memberId));
    const day = noon.toISOString().slice(0, 10);
    await aDay(db, key, 0, { requests: 79 });
    await aDay(db, key, 2, { requests: 100 });
    const use = (requests: number) => db.update(usageDaily).set({ requests }).where(sql`day = ${day}::date`);

    expect(await evaluate(db)).toEqual({ notified: 0, emails: 0 });
    await use(80);
    expect(await evaluate(db)).toEqual({ notified: 2, emails: 2 });
    expect(await evaluate(db, 1)).toEqual({ notified: 0, emails: 0 });
    await use(100);
    expect(await evaluate(db, 2)).toEqual({ notified: 2, emails: 2 });
    expect(await evaluate(db, 3)).toEqual({ notified: 0, emails: 0 });

    const rows = await stored(db);
    expect(rows.map(({ cause }) => cause)).toEqual([
      ...[`quota_80:${day}`, `quota_80:${day}`, `quota_100:${day}`, `quota_100:${day}`],
    ]);
    expect(new Set(rows.map(({ memberId }) => memberId))).toEqual(new Set([owner.memberId, admin.memberId]));
    const mails = await mailsOf(db, 'notification');
    expect(new Set(mails.map(({ to }) => to))).toEqual(new Set([owner.email, admin.email]));
    expect(mails.at(-1)?.props).toMatchObject({
      team: 'Acme',
      items: [{ title: 'Acme has used 100% of its daily quota' }],
    });
  }),
);

test(
  'usage just before midnight is reported afterwards, with the day, once per threshold',
  withDb(async (db) => {
    const { owner, key } = await aWatchedTeam(db);
    const midnight = new Date(noon.toISOString().slice(0, 10));
    const before = (seconds: number) => new Date(midnight.getTime() - seconds * 1_000);
    const day = before(1).toISOString().slice(0, 10);
    const date = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(before(1));
    const use = (requests: number) => db.update(usageDaily).set({ requests }).where(sql`day = ${day}::date`);
    const at = (now: Date) => evaluateNotifications({ db, now, reasonWords: describeReason, settings });
    await aDay(db, key, 1, { requests: 79 });

    expect(await at(before(20))).toEqual({ notified: 0, emails: 0 });
    await use(85);
    expect(await at(before(-40))).toEqual({ notified: 1, emails: 1 });
    const admin = await aMember(db, 'admin', owner);
    expect(await at(before(-100))).toEqual({ notified: 0, emails: 0 });
    // Usage that a gateway reports late.
    await use(100);
    expect(await at(before(-160))).toEqual({ notified: 2, emails: 2 });
    expect(await at(before(-220))).toEqual({ notified: 0, emails: 0 });

    const rows = await stored(db);
    expect(rows.map(({ cause }) => cause)).toEqual([
      ...[`quota_80:${day}`, `quota_100:${day}`, `quota_100:${day}`],
    ]);
    expect(new Set(rows.map(({ memberId }) => memberId))).toEqual(new Set([owner.memberId, admin.memberId]));
    const items = (await mailsOf(db, 'notification')).flatMap(({ props }) => props.items);
    expect(items[0]).toMatchObject({
      title: `Acme used 80% of its daily quota on ${date}`,
      body: '85 of 100 requests used that day (UTC). The quota has reset since.',
    });
    expect(items.at(-1)?.title).toBe(`Acme used 100% of its daily quota on ${date}`);
    // Nothing is reported for earlier days, or a day later.
    expect(await at(before(-86_500))).toEqual({ notified: 0, emails: 0 });
  }),
);

test(
  'usage that was reported on its day isn’t reported again after midnight, and a new quota doesn’t apply to past days',
  withDb(async (db) => {
    const midnight = new Date(noon.toISOString().slice(0, 10));
    const at = (seconds: number) =>
      evaluateNotifications({
        db,
        now: new Date(midnight.getTime() + seconds * 1_000),
        reasonWords: describeReason,
        settings,
      });
    const used = await aWatchedTeam(db);
    await aDay(db, used.key, 1, { requests: 120 });
    expect(await at(-30)).toEqual({ notified: 1, emails: 1 });
    await aMember(db, 'admin', used.owner);
    expect(await at(30)).toEqual({ notified: 0, emails: 0 });

    const cut = await aWatchedTeam(db, 1_000);
    await aDay(db, cut.key, 1, { requests: 500 });
    const { teamId } = cut.owner;
    await setLimits({ db, operator: 'operator', settings }, SetLimits.parse({ teamId, dailyQuota: '500' }));
    expect(await at(30)).toEqual({ notified: 0, emails: 0 });
  }),
);

test(
  'teams without a quota, below it, or deleted aren’t notified',
  withDb(async (db) => {
    const none = await aWatchedTeam(db, 0);
    const deleted = await aWatchedTeam(db);
    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, deleted.owner.teamId));
    await aDay(db, none.key, 0, { requests: 5 });
    await aDay(db, deleted.key, 0, { requests: 500 });

    expect(await evaluate(db)).toEqual({ notified: 0, emails: 0 });
  }),
);

test(
  'an error spike is reported once a day; few requests, a steady rate, or no history aren’t spikes',
  withDb(async (db) => {
    const { owner, key } = await aWatchedTeam(db);
    await aMinute(db, key, noon, 5, { calls: 20, counted: 20, errors: 4, status: 500 });
    expect(await evaluate(db), 'nothing to compare with').toEqual({ notified: 0, emails: 0 });
    await aMinute(db, key, noon, 300, { calls: 100, counted: 100, errors: 10, status: 404 });
    expect(await evaluate(db), 'twice as many').toEqual({ notified: 0, emails: 0 });
    await aMinute(db, key, noon, 301, { calls: 100, counted: 100, status: 200 });

    expect(await evaluate(db)).toEqual({ notified: 1, emails: 1 });
    expect(await evaluate(db, 3)).toEqual({ notified: 0, emails: 0 });
    expect(await stored(db)).toMatchObject([
      {
        ...{ memberId: owner.memberId, cause: `errors:${noon.toISOString().slice(0, 10)}` },
        href: `/t/${owner.teamSlug}/logs?status=5xx`,
      },
    ]);
    const small = await aWatchedTeam(db);
    await aMinute(db, small.key, noon, 5, { calls: 19, counted: 19, errors: 19, status: 500 });
    await aMinute(db, small.key, noon, 300, { calls: 100, counted: 100, status: 200 });
    expect(await evaluate(db)).toEqual({ notified: 0, emails: 0 });
  }),
);

test(
  'the first rejection of a key in 7 days is reported per reason, also to the key’s member',
  withDb(async (db) => {
    const { owner, app } = await aWatchedTeam(db);
    const mina = await aMember(db, 'member', owner);
    await aMember(db, 'member', owner);
    const key = await aCredential(db, app, { memberId: mina.memberId, name: 'Mina’s key' });
    const refused = (reason: string) => ({ outcome: 'refused' as const, reason, refused: 3, calls: 3 });
    await aMinute(db, key, noon, 4, refused('ip_not_allowed'));
    await aMinute(db, key, noon, 3, refused('ip_not_allowed'));
    await aMinute(db, key, noon, 3, refused('quota_exceeded'));
    await aMinute(db, key, noon, 3, refused('temporarily_unavailable'));
    // Rejected for the same reason within the week or earlier today: not reported.
    await aWholeDay(db, key, noon, 7, refused('credential_paused'));
    await aMinute(db, key, noon, 3, refused('credential_paused'));
    await aMinute(db, key, noon, 90, refused('domain_not_allowed'));
    await aMinute(db, key, noon, 3, refused('domain_not_allowed'));
    // Longer ago: reported again.
    await aWholeDay(db, key, noon, 8, refused('endpoint_not_connected'));
    await aMinute(db, key, noon, 3, refused('endpoint_not_connected'));

    expect(await evaluate(db)).toEqual({ notified: 4, emails: 2 });
    expect(await evaluate(db, 5)).toEqual({ notified: 0, emails: 0 });
    expect(await evaluate(db, 29)).toEqual({ notified: 0, emails: 0 });

    const rows = await stored(db);
    const day = noon.toISOString().slice(0, 10);
    expect(rows.filter(({ memberId }) => memberId === mina.memberId).map(({ cause }) => cause)).toEqual([
      `refused:${key.keyId}:endpoint_not_connected:${day}`,
      `refused:${key.keyId}:ip_not_allowed:${day}`,
    ]);
    expect(rows[0]?.href).toBe(`/t/${owner.teamSlug}/logs?key=${key.keyId}&status=refused`);
    const mails = await mailsOf(db, 'notification');
    expect(mails.map(({ to, props }) => [to, props.items.length, props.why]).sort()).toEqual(
      [
        [owner.email, 2, 'you’re an owner of this team'],
        [mina.email, 2, 'the API key is yours'],
      ].sort(),
    );
    expect(mails[0]?.props.items.map(({ body }) => body)).toContain(
      `6 requests were rejected, for the first time in 7 days: ${describeReason('ip_not_allowed')}`,
    );
  }),
);

test(
  'an expired key is shown but not emailed, and one with a successor is neither',
  withDb(async (db) => {
    const { owner, app, key: successor } = await aWatchedTeam(db);
    const ago = (hours: number) => new Date(noon.getTime() - hours * 3_600_000);
    const ended = await aCredential(db, app, { name: 'Old', expiresAt: ago(1) });
    await aCredential(db, app, { expiresAt: ago(30) });
    await aCredential(db, app, { expiresAt: ago(1), status: 'revoked', revokedAt: ago(2) });
    await aCredential(db, app, { expiresAt: ago(1), successorId: successor.id, rotatedAt: ago(3) });

    expect(await evaluate(db)).toEqual({ notified: 1, emails: 0 });
    expect(await stored(db)).toMatchObject([
      { memberId: owner.memberId, href: `/t/${owner.teamSlug}/api-keys/${ended.keyId}` },
    ]);
    expect(await mailsOf(db, 'notification')).toEqual([]);
  }),
);

test(
  'members don’t see or get emails about kinds they turned off, and nothing is stored if both are off',
  withDb(async (db) => {
    const { owner, key } = await aWatchedTeam(db);
    const quiet = await aMember(db, 'admin', owner);
    const silent = await aMember(db, 'admin', owner);
    const mailOnly = await aMember(db, 'admin', owner);
    await without(db, quiet, 'quota', { mailed: false });
    await without(db, silent, 'quota', { mailed: false, shown: false });
    await without(db, mailOnly, 'quota', { shown: false });
    await without(db, owner, 'errors', { mailed: false, shown: false });
    await aDay(db, key, 0, { requests: 90 });

    expect(await evaluate(db)).toEqual({ notified: 3, emails: 2 });
    expect(await evaluate(db, 1)).toEqual({ notified: 0, emails: 0 });
    const mails = await mailsOf(db, 'notification');
    expect(mails.map(({ to }) => to).sort()).toEqual([owner.email, mailOnly.email].sort());
    expect((await stored(db)).map(({ memberId }) => memberId)).not.toContain(silent.memberId);
  }),
);

test(
  'events about thousands of keys at once are handled',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner', await aTeam(db));
    const events = Array.from({ length: 10_000 }, (_, n) => ({
      ...{ teamId: owner.teamId, kind: 'refusals' as const, cause: `refused:${n}` },
      ...{ title: 'Requests are rejected', body: '', path: '/logs', emails: false },
    }));
    expect(await notifyTeam({ db, settings }, owner.teamId, events)).toEqual({ notified: 10_000, emails: 0 });
    expect(await notifyTeam({ db, settings }, owner.teamId, events)).toEqual({ notified: 0, emails: 0 });
  }),
);

test('ten concurrent runs notify and email each person once', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    for (let i = 0; i < 5; i++) {
      const { owner, key } = await aWatchedTeam(db);
      await aMember(db, 'admin', owner);
      await aDay(db, key, 0, { requests: 200 });
      await aMinute(db, key, noon, 3, { outcome: 'refused', reason: 'ip_not_allowed', refused: 1 });
    }
    const sums = await Promise.all(Array.from({ length: 10 }, () => evaluate(db)));

    expect(sums.reduce((sum, { notified }) => sum + notified, 0)).toBe(20);
    expect(sums.reduce((sum, { emails }) => sum + emails, 0)).toBe(
      (await mailsOf(db, 'notification')).length,
    );
    const items = (await mailsOf(db, 'notification')).flatMap(({ to, props }) =>
      props.items.map(({ title }) => `${to} ${title}`),
    );
    expect(new Set(items).size).toBe(items.length);
    expect(items).toHaveLength(20);
  } finally {
    await own.drop();
  }
});

test('the quota check reads two days of each team through an index, however large the usage table is', async () => {
  const own = await ownDatabase();
  try {
    const { db } = own;
    const { key } = await aWatchedTeam(db);
    // Rows of 20,000 other teams' keys, without the rows they refer to.
    await db.transaction(async (tx) => {
      await tx.execute(sql`set local session_replication_role = replica`);
      await tx.execute(sql`
        insert into usage_daily (team_id, application_id, credential_id, day, requests, last_at)
        select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), (now() at time zone 'utc')::date - n % 90, 100, now()
        from generate_series(1, 20000) n`);
    });
    await aDay(db, key, 0, { requests: 100 });
    await db.execute(sql`analyze usage_daily`);

    const read = await db.transaction(async (tx) => {
      expect(await findQuotas(tx, noon)).toHaveLength(1);
      const [row] = await tx.execute<{ scanned: number; fetched: number }>(sql`
        select seq_tup_read::int as scanned, idx_tup_fetch::int as fetched
        from pg_stat_xact_user_tables where relname = 'usage_daily'`);
      return row!;
    });
    expect(read.scanned).toBe(0);
    expect(read.fetched).toBeLessThan(10);
  } finally {
    await own.drop();
  }
});
