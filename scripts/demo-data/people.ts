import { randomBytes } from 'node:crypto';
import { v7 } from 'uuid';
import type { Queryable } from '#db/client.ts';
import { sessions, users } from '#db/schema/accounts.ts';
import {
  invitations,
  members,
  membershipReviews,
  memberVisits,
  reviewDecisions,
  teams,
} from '#db/schema/teams.ts';
import { readSettings } from '#lib/env.ts';
import { INVITATION_HOURS, invitationDigest } from '#lib/invitations/invitation-link.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { type Calendar, HOUR_MS, idAt } from './calendar.ts';
import type { CastName, People, Person, Team } from './team.ts';
import { openTrail } from './trail.ts';

/** The people in the demo. `seen` is how many days ago they last opened the team. */
const CAST = {
  owner: { email: 'owner@example.com', name: 'Oscar Owner', role: 'owner', joined: 97, seen: 1 },
  admin: { email: 'admin@example.com', name: 'Ada Admin', role: 'admin', joined: 96, seen: 2 },
  member: { email: 'member@example.com', name: 'Mina Member', role: 'member', joined: 91, seen: 1 },
  noor: { email: 'noor@example.com', name: 'Noor Navigator', role: 'member', joined: 80, seen: 6 },
  tom: { email: 'tom@example.com', name: 'Tom Tide', role: 'member', joined: 75, seen: 44 },
} as const satisfies Record<CastName, unknown>;
const OPERATOR = { email: 'operator@example.com', name: 'Olga Operator' };

/** The people, their team, their sign-ins, the invitations and a finished membership review. */
export async function seedPeople(db: Queryable, { at }: Calendar, passwordHash: string): Promise<Team> {
  const cast = Object.entries(CAST) as [CastName, (typeof CAST)[CastName]][]; // The keys of a literal.
  const people = {} as People; // Filled for every role by the loop below.
  for (const [place, [role, { name, email, joined }]] of cast.entries())
    people[role] = {
      ...{ userId: idAt(at(joined, 8)), memberId: idAt(at(joined)), name, email },
      ip: `192.0.2.${10 + place}`,
    };

  await db.insert(users).values([
    { ...OPERATOR, passwordHash, isOperator: true, emailVerifiedAt: at(98), createdAt: at(98) },
    ...cast.map(([role, { name, email, joined }]) => ({
      ...{ id: people[role].userId, name, email, passwordHash },
      ...{ emailVerifiedAt: at(joined, 8.5), createdAt: at(joined, 8) },
    })),
  ]);
  const [team] = await db
    .insert(teams)
    .values({
      ...{ id: idAt(at(97)), slug: 'harbour-labs', apiId: `team_${randomBase62(16)}`, name: 'Harbour Labs' },
      ...{ description: 'Builds the harbour app. Created by the demo.', createdAt: at(97) },
    })
    .returning({ id: teams.id, slug: teams.slug, apiId: teams.apiId });
  const trail = openTrail(team!.id);
  const made = { ...team!, people, trail };
  await db.insert(members).values(
    cast.map(([role, { joined }]) => ({
      ...{ id: people[role].memberId, teamId: made.id, userId: people[role].userId, role: CAST[role].role },
      ...{ createdAt: at(joined), statusAt: at(joined) },
      ...{ lastSignInAt: at(CAST[role].seen, 8.6), lastSeenAt: at(CAST[role].seen, 9.4) },
    })),
  );
  await seedSignIns(db, at, made, cast);
  const subject = { kind: 'team' as const, id: made.id };
  trail.add({
    ...{ at: at(97), by: people.owner, action: 'team.create', subject },
    after: { name: 'Harbour Labs', slug: made.slug },
  });
  await seedInvitations(db, at, made, cast);
  await seedReview(db, at, made);
  return made;
}

/** The first and the last sign-in of each member, both in this team. */
async function seedSignIns(
  db: Queryable,
  at: Calendar['at'],
  { id: teamId, people }: Team,
  cast: [CastName, (typeof CAST)[CastName]][],
): Promise<void> {
  const signIns = cast.flatMap(([role, { joined, seen }]) =>
    [joined, seen].map((day) => ({ id: idAt(at(day, 8.6)), person: people[role], day })),
  );
  await db.insert(sessions).values(
    signIns.map(({ id, person, day }) => ({
      ...{ id, userId: person.userId, tokenDigest: randomBytes(32), ip: person.ip },
      ...{ createdAt: at(day, 8.6), lastSeenAt: at(day, 9.4), endedAt: at(day, 9.4) },
      ...{ expiresAt: at(day - 1, 8.6), endedReason: 'signed_out', userAgent: 'Firefox' },
    })),
  );
  await db.insert(memberVisits).values(
    signIns.map(({ id, person, day }) => ({
      ...{ teamId, memberId: person.memberId, sessionId: id },
      ...{ firstAt: at(day, 8.6), lastAt: at(day, 9.4) },
    })),
  );
}

/** One accepted invitation per member, and one that is still pending. */
async function seedInvitations(
  db: Queryable,
  at: Calendar['at'],
  { id: teamId, people, trail }: Team,
  cast: [CastName, (typeof CAST)[CastName]][],
): Promise<void> {
  const invite = (email: string, name: string, role: 'admin' | 'member', sentAt: Date) => {
    const version = { id: idAt(sentAt), generation: 1 };
    const by = people.owner;
    const subject = { kind: 'invitation' as const, id: version.id };
    trail.add({ at: sentAt, by, action: 'member.invite', subject, after: { email, name, role } });
    return {
      ...{ ...version, teamId, email, name, role, invitedBy: by.memberId },
      ...{ tokenDigest: invitationDigest(readSettings(), version), createdAt: sentAt, sentAt },
      expiresAt: new Date(sentAt.getTime() + INVITATION_HOURS * HOUR_MS),
    };
  };
  const joined = cast.flatMap(([key, { email, name, role, joined }]) => {
    if (role === 'owner') return [];
    const invitation = invite(email, name, role, at(joined + 1, 16));
    const { memberId } = people[key];
    const after = { email, role, invitation: invitation.id };
    const subject = { kind: 'member' as const, id: memberId };
    trail.add({ at: at(joined), by: people[key], action: 'invitation.accept', subject, after });
    return [{ ...invitation, acceptedAt: at(joined), acceptedBy: memberId }];
  });
  const pending = invite('ines@example.net', 'Ines Islander', 'member', at(1, 15));
  await db
    .insert(invitations)
    .values([...joined, { ...pending, message: 'You know the tide tables best. Come aboard!' }]);
}

async function seedReview(
  db: Queryable,
  at: Calendar['at'],
  { id: teamId, people, trail }: Team,
): Promise<void> {
  const by = people.owner;
  const review = { kind: 'review' as const, id: v7({ msecs: at(43, 10).getTime() }) };
  await db.insert(membershipReviews).values({
    ...{ id: review.id, teamId, startedBy: by.memberId },
    ...{ startedAt: at(43, 10), finishedAt: at(43, 10.4) },
  });
  trail.add({ at: at(43, 10), by, action: 'review.start', subject: review });
  const reviewed = Object.entries(people) as [CastName, Person][]; // The keys of a literal.
  await db.insert(reviewDecisions).values(
    reviewed.map(([role, { memberId, name }], place) => {
      const decidedAt = at(43, 10.1 + place / 20);
      const after = { name, decision: 'keep' };
      trail.add({
        ...{ at: decidedAt, by, action: 'review.decide', after },
        subject: { kind: 'member' as const, id: memberId },
      });
      return {
        ...{ teamId, reviewId: review.id, memberId, decision: 'keep' as const, decidedBy: by.memberId },
        ...{ decidedAt, role: CAST[role].role, lastSignInAt: at(44, 8.6) },
      };
    }),
  );
  trail.add({ at: at(43, 10.4), by, action: 'review.finish', subject: review });
}
