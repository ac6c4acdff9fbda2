import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { members, memberVisits } from '#db/schema/teams.ts';
import type { Member, User } from '#lib/access/member.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { readReview } from '#lib/reviews/read-review.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aTeam, aUser } from '#tests/support/factories.ts';
import { aMembership } from '#tests/support/people.ts';
import { listMembers } from './list-members.ts';
import { readMemberActivity } from './read-member-activity.ts';
import { recordVisit } from './record-visit.ts';

/** A person in two teams, each with an owner who views them. */
async function inTwoTeams(db: Db) {
  const person = await aUser(db);
  const [harbour, quay] = [await aTeam(db), await aTeam(db)];
  const [owner, otherOwner] = [await aMember(db, 'owner', harbour), await aMember(db, 'owner', quay)];
  const member = await aMembership(db, person, 'member', harbour);
  const elsewhere = await aMembership(db, person, 'member', quay);
  return { person, owner, otherOwner, member, elsewhere };
}

async function signIn(db: Db, user: User): Promise<User> {
  const token = await openSession(db, user.userId, { ip: '192.0.2.7', userAgent: 'Firefox/1' });
  return (await findSession(db, token, null))!;
}

const rowFor = async (db: Db, owner: Member, { memberId }: Member) =>
  (await listMembers({ db, member: owner })).people.find(({ id }) => id === memberId)!;

test(
  'sign-ins and activity are shown only in the team that was opened: in the list, the profile and the review',
  withDb(async (db) => {
    const { person, owner, otherOwner, member, elsewhere } = await inTwoTeams(db);

    await recordVisit(db, await signIn(db, person), member);

    expect((await rowFor(db, owner, member)).lastActivityAt).toBeInstanceOf(Date);
    expect((await rowFor(db, otherOwner, elsewhere)).lastActivityAt).toBeNull();
    const here = await readMemberActivity({ db, member: owner }, member.memberId);
    expect(here?.signIns).toMatchObject([{ ip: '192.0.2.7', userAgent: 'Firefox/1' }]);
    const there = await readMemberActivity({ db, member: otherOwner }, elsewhere.memberId);
    expect(there?.signIns).toEqual([]);
    const signedIn = async (actor: Member, { memberId }: Member) =>
      (await readReview({ db, member: actor })).people.find((one) => one.memberId === memberId)?.lastSignInAt;
    expect(await signedIn(owner, member)).toBeInstanceOf(Date);
    expect(await signedIn(otherOwner, elsewhere)).toBeNull();
  }),
);

test(
  'a session is one sign-in whose last activity is updated at most once a minute',
  withDb(async (db) => {
    const { person, member } = await inTwoTeams(db);
    const user = await signIn(db, person);
    await recordVisit(db, user, member);
    await db.update(memberVisits).set({
      firstAt: sql`now() - interval '1 hour'`,
      lastAt: sql`now() - interval '30 seconds'`,
    });
    const rows = () => db.select().from(memberVisits);
    const [before] = await rows();

    await recordVisit(db, user, member);
    expect(await rows()).toEqual([before]);

    await db.update(memberVisits).set({ lastAt: sql`now() - interval '61 seconds'` });
    await recordVisit(db, user, member);
    const [after, ...others] = await rows();
    expect(others).toEqual([]);
    expect(after?.firstAt).toEqual(before?.firstAt);
    expect(after!.lastAt.getTime()).toBeGreaterThan(before!.lastAt.getTime());
    const [row] = await db.select().from(members).where(eq(members.id, member.memberId));
    expect(row?.lastSeenAt).toEqual(after?.lastAt);
  }),
);
