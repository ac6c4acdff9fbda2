import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { members, membershipReviews, reviewDecisions } from '#db/schema/teams.ts';
import { usageDaily } from '#db/schema/usage.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { DecideReview, decideReview } from './decide-review.ts';
import { exportReview } from './export-review.ts';
import { finishReview } from './finish-review.ts';
import { readReview } from './read-review.ts';
import { startReview } from './start-review.ts';

const ago = (days: number) => new Date(Date.now() - days * 86_400_000 - 60_000);

const visited = (db: Db, { memberId }: Member, lastSignInAt: Date, lastSeenAt = lastSignInAt) =>
  db.update(members).set({ lastSignInAt, lastSeenAt }).where(eq(members.id, memberId));

async function anOpenReview(db: Db, member: Member): Promise<string> {
  const started = await startReview({ db, member });
  if (!started.ok) throw new Error(started.reason);
  return started.reviewId;
}

type Decision = 'keep' | 'suspend' | 'remove';
const decide = (db: Db, member: Member, reviewId: string, about: Member, decision: Decision) =>
  decideReview(
    { db, member, settings },
    { reviewId, memberId: about.memberId, decision, applicationKeys: 'keep' },
  );
const statusOf = async (db: Db, { memberId }: Member) =>
  (await db.select().from(members).where(eq(members.id, memberId)))[0]!.status;

test(
  'a review shows evidence for each member: last sign-in, last use of the own key, and days of inactivity',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const idle = await aMember(db, 'member', owner);
    await aMember(db, 'member');
    await db
      .update(members)
      .set({ statusAt: ago(200) })
      .where(eq(members.teamId, owner.teamId));
    await visited(db, owner, ago(3), ago(0));
    await visited(db, member, ago(80));
    const key = await aCredential(db, await anApplication(db, owner), { memberId: member.memberId });
    const use = { teamId: key.teamId, applicationId: key.applicationId, credentialId: key.id };
    const day = {
      ...use,
      memberId: member.memberId,
      day: '2026-01-01',
      lastAt: ago(45),
      lastUsedAt: ago(45),
    };
    await db.insert(usageDaily).values(day);

    const { people, state, open } = await readReview({ db, member: owner });

    expect(open).toBeNull();
    expect(state).toMatchObject({ lastFinishedAt: null, overdue: false, reviewDays: 90 });
    expect(people).toMatchObject([
      { memberId: owner.memberId, inactiveDays: 0, lastKeyUseAt: null },
      { memberId: member.memberId, inactiveDays: 45, lastKeyUseAt: day.lastAt },
      { memberId: idle.memberId, inactiveDays: 200, lastSignInAt: null },
    ]);
    expect(people[0]?.lastSignInAt?.getTime()).toBeCloseTo(ago(3).getTime(), -4);
  }),
);

test(
  'a decision is carried out and stored with its evidence; the review can finish once every member has one',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const [kept, shut, gone] = [
      await aMember(db, 'admin', owner),
      await aMember(db, 'member', owner),
      await aMember(db, 'member', owner),
    ];
    await visited(db, gone, ago(100));
    const reviewId = await anOpenReview(db, owner);
    expect((await readReview({ db, member: owner })).open).toMatchObject({ id: reviewId, undecided: 4 });

    expect(await decide(db, owner, reviewId, owner, 'keep')).toEqual({ ok: true, receipt: null });
    expect(await decide(db, owner, reviewId, kept, 'keep')).toEqual({ ok: true, receipt: null });
    expect(await decide(db, owner, reviewId, shut, 'suspend')).toMatchObject({ receipt: { confirmed: 0 } });
    expect(await finishReview({ db, member: owner }, { reviewId })).toEqual({
      ...{ ok: false, reason: 'undecided', count: 1 },
    });
    expect(await decide(db, owner, reviewId, gone, 'remove')).toMatchObject({ ok: true });
    expect([await statusOf(db, kept), await statusOf(db, shut), await statusOf(db, gone)]).toEqual([
      ...['active', 'suspended', 'removed'],
    ]);
    const { people } = await readReview({ db, member: owner });
    expect(people.map((person) => person.decision)).toEqual(['keep', 'keep', 'suspend', 'remove']);
    const [stored] = await db
      .select()
      .from(reviewDecisions)
      .where(eq(reviewDecisions.memberId, gone.memberId));
    expect(stored).toMatchObject({ decision: 'remove', decidedBy: owner.memberId, role: 'member' });
    expect(stored?.lastSignInAt).toBeInstanceOf(Date);

    expect(await finishReview({ db, member: owner }, { reviewId })).toEqual({ ok: true });

    const after = await readReview({ db, member: owner });
    expect(after.open).toBeNull();
    expect(after.people.map((person) => person.decision)).toEqual([null, null, null]);
    expect(after.history).toMatchObject([{ id: reviewId, kept: 2, suspended: 1, removed: 1 }]);
    expect(after.state.lastFinishedAt).toBeInstanceOf(Date);
    expect(after.state.dueAt.getTime() - after.state.lastFinishedAt!.getTime()).toBe(90 * 86_400_000);
    const lines = await auditTrail(db);
    expect(lines.filter((line) => line.action.startsWith('review.')).map((line) => line.action)).toEqual([
      ...[
        'review.start',
        'review.decide',
        'review.decide',
        'review.decide',
        'review.decide',
        'review.finish',
      ],
    ]);
  }),
);

test(
  'a decision can be replaced while the review is open, but not afterwards',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const reviewId = await anOpenReview(db, owner);
    await decide(db, owner, reviewId, owner, 'keep');
    await decide(db, owner, reviewId, member, 'keep');

    expect(await decide(db, owner, reviewId, member, 'suspend')).toMatchObject({ ok: true });
    expect(await decide(db, owner, reviewId, member, 'suspend')).toEqual({ ok: true, receipt: null });
    expect(await db.$count(reviewDecisions)).toBe(2);
    const decisions = async () => db.$count(auditEvents, eq(auditEvents.action, 'review.decide'));
    expect(await decisions(), 'the same decision again writes no event').toBe(3);
    await finishReview({ db, member: owner }, { reviewId });

    const closed = { ok: false, reason: 'not_open' };
    expect(await decide(db, owner, reviewId, member, 'remove')).toEqual(closed);
    expect(await finishReview({ db, member: owner }, { reviewId })).toEqual(closed);
    expect(await statusOf(db, member)).toBe('suspended');
  }),
);

test(
  'nobody removes themselves, an admin decides only about members, and a failed decision isn’t stored',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const admin = await aMember(db, 'admin', owner);
    const reviewId = await anOpenReview(db, admin);

    expect(await decide(db, admin, reviewId, admin, 'remove')).toEqual({ ok: false, reason: 'self' });
    await expect(decide(db, admin, reviewId, owner, 'suspend')).rejects.toThrow(Forbidden);
    expect(await db.$count(reviewDecisions)).toBe(0);
    expect(await decide(db, admin, reviewId, owner, 'keep')).toMatchObject({ ok: true });
  }),
);

test(
  "another team's review and members look absent",
  withDb(async (db) => {
    const theirs = await aMember(db, 'owner');
    const theirReview = await anOpenReview(db, theirs);
    const owner = await aMember(db, 'owner');
    const reviewId = await anOpenReview(db, owner);

    expect(await decide(db, owner, theirReview, owner, 'keep')).toEqual({ ok: false, reason: 'not_open' });
    expect(await decide(db, owner, reviewId, theirs, 'remove')).toEqual({ ok: false, reason: 'not_found' });
    expect(await finishReview({ db, member: owner }, { reviewId: theirReview })).toMatchObject({ ok: false });
    expect(await exportReview({ db, member: owner }, { reviewId: theirReview })).toBeNull();
    expect((await readReview({ db, member: owner })).people).toHaveLength(1);
    expect(await statusOf(db, theirs)).toBe('active');
  }),
);

test(
  'the export has a line per decision, in UTC, and no spreadsheet formulas',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    await db.execute(sql`update users set name = '=1+1' where id = ${owner.userId}`);
    const reviewId = await anOpenReview(db, owner);
    await decide(db, owner, reviewId, owner, 'keep');

    const { csv } = (await exportReview({ db, member: owner }, { reviewId }))!;

    const [head, line, rest] = csv.split('\r\n');
    expect(head).toMatch(/^"Name","Email","Role"/);
    expect(line).toMatch(
      new RegExp(`^"'=1\\+1","${owner.email}","owner","","","keep","'=1\\+1","[0-9-]{10}T[0-9:.]{12}Z"$`),
    );
    expect(rest).toBe('');
  }),
);

test(
  'a member can’t run or read a review',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const ids = { reviewId: crypto.randomUUID(), memberId: member.memberId };
    await expect(startReview({ db, member })).rejects.toThrow(Forbidden);
    await expect(readReview({ db, member })).rejects.toThrow(Forbidden);
    await expect(finishReview({ db, member }, ids)).rejects.toThrow(Forbidden);
    await expect(exportReview({ db, member }, ids)).rejects.toThrow(Forbidden);
    const keep = DecideReview.parse({ ...ids, decision: 'keep' });
    await expect(decideReview({ db, member, settings }, keep)).rejects.toThrow(Forbidden);
  }),
);

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('of ten concurrent attempts to start a review, one succeeds', async () => {
  const owner = await aMember(own.db, 'owner');

  const outcomes = await Promise.all(
    Array.from({ length: 10 }, () => startReview({ db: own.db, member: owner })),
  );

  expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(1);
  expect(await own.db.$count(membershipReviews)).toBe(1);
});
