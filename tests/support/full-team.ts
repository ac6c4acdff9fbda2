import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { credentialExposures, findingDismissals } from '#db/schema/credentials.ts';
import { incidentEvents, incidents } from '#db/schema/incidents.ts';
import { notifications } from '#db/schema/notifications.ts';
import { membershipReviews } from '#db/schema/teams.ts';
import { testerRequests } from '#db/schema/tester.ts';
import type { Member, User } from '#lib/access/member.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { aCredential, anApplication, aUser } from './factories.ts';
import { anInvitation } from './invitations.ts';
import { aMembership, aTeam } from './people.ts';
import { aPlan } from './plans.ts';
import { aCall, aDay } from './usage-rows.ts';

const PARTS = {
  owner: 'owner',
  admin: 'admin',
  member: 'member',
  suspended: 'member',
  otherOwner: 'owner',
  otherAdmin: 'admin',
  other: 'member',
  frozen: 'member',
} as const;
export type Part = keyof typeof PARTS;

/** The people who can sign in. Everyone else in the team can't. */
export type Cast = Partial<Record<Part, User>>;

type Key = Awaited<ReturnType<typeof aCredential>>;
type App = Awaited<ReturnType<typeof anApplication>>;

const DAY_MS = 86_400_000;

/**
 * A team with one of everything that has an ID, and for things a person can own, one per actor. Every text begins
 * with `word`, so that it can be recognized wherever it appears.
 */
export async function aFullTeam(
  db: Db,
  { word, endpointId, cast = {} }: { word: string; endpointId: string; cast?: Cast },
) {
  const plan = await aPlan(db, { name: `${word} plan ${crypto.randomUUID().slice(0, 8)}` });
  const sparePlan = await aPlan(db, { name: `${word} spare ${crypto.randomUUID().slice(0, 8)}` });
  const name = `${word} Ltd`;
  const guidelinesAt = new Date();
  const guidelines = `${word} guidelines`;
  const team = await aTeam(db, { name, guidelines, guidelinesAt, planId: plan.id });

  const play = async (part: Part) => {
    const email = `${word.toLowerCase()}-${part.toLowerCase()}-${crypto.randomUUID()}@example.com`;
    const person = cast[part] ?? (await aUser(db, { name: `${word} ${part}`, email }));
    return aMembership(db, person, PARTS[part], team, part === 'frozen' ? 'suspended' : 'active');
  };
  const people = {
    owner: await play('owner'),
    admin: await play('admin'),
    member: await play('member'),
    suspended: await play('suspended'),
    otherOwner: await play('otherOwner'),
    otherAdmin: await play('otherAdmin'),
    other: await play('other'),
    frozen: await play('frozen'),
  };
  const { owner, other } = people;

  const defaultApp = await anApplication(db, team, { isDefault: true, title: `${word} default` });
  const app = await anApplication(db, team, { title: `${word} app` });
  const archived = await anApplication(db, team, { title: `${word} archived app`, archivedAt: guidelinesAt });
  for (const { id } of [defaultApp, app])
    await db.insert(applicationEndpoints).values({ teamId: team.teamId, applicationId: id, endpointId });

  const things = await thingsOf(db, owner, app, word, endpointId, null);
  const production = await aCredential(db, app, {
    environment: 'production',
    name: `${word} production key`,
  });
  const paused = await aCredential(db, app, {
    ...{ name: `${word} paused key`, status: 'paused', pausedAt: guidelinesAt },
  });
  await db.insert(credentialExposures).values({
    ...{ teamId: team.teamId, credentialId: things.key.id, source: 'found_key' },
    ...{ place: `${word} place`, note: `${word} finder` },
  });
  await db.insert(findingDismissals).values({
    ...{ teamId: team.teamId, kind: 'production_without_expiry', subjectId: production.id },
    ...{ dismissedBy: owner.memberId, until: new Date(Date.now() + 30 * DAY_MS), note: `${word} note` },
  });
  const [review] = await db
    .insert(membershipReviews)
    .values({ teamId: team.teamId, startedBy: owner.memberId, finishedAt: guidelinesAt })
    .returning();
  const invitation = await anInvitation(db, owner, {
    email: `${word.toLowerCase()}-guest-${crypto.randomUUID()}@example.com`,
    name: `${word} guest`,
  });

  const own = {
    owner: await thingsOf(db, owner, defaultApp, word, endpointId, owner),
    admin: await thingsOf(db, people.admin, defaultApp, word, endpointId, people.admin),
    member: await thingsOf(db, people.member, defaultApp, word, endpointId, people.member),
    suspended: await thingsOf(db, people.suspended, defaultApp, word, endpointId, people.suspended),
    other: await thingsOf(db, other, defaultApp, word, endpointId, other),
  };
  return {
    ...people,
    ...things,
    ...{ team: { ...team, name, guidelinesAt }, plan, sparePlan, word },
    ...{ defaultApp, app, archived, production, paused, review: review!, invitation, own },
    otherKey: own.other.key,
  };
}

export type FullTeam = Awaited<ReturnType<typeof aFullTeam>>;
export type Things = Awaited<ReturnType<typeof thingsOf>>;

/** Keys of an application, or a member's own keys, in every state, with everything that depends on them. */
async function thingsOf(
  db: Db,
  actor: Member,
  app: App,
  word: string,
  endpointId: string,
  owner: Member | null,
) {
  const whose = owner ? `${word} own ${owner.role}` : word;
  const memberId = owner?.memberId ?? null;
  const now = new Date();
  const revoked = { memberId, status: 'revoked', revokedAt: now } as const;
  const key = await aCredential(db, app, {
    ...{ memberId, createdBy: actor.memberId, dailyLimit: 1_000 },
    ...{ name: `${whose} key`, description: `${whose} description` },
  });
  const dead = await aCredential(db, app, { ...revoked, name: `${whose} dead key` });
  const former = await aCredential(db, app, { ...revoked, name: `${whose} former key` });
  const retiring = await aCredential(db, app, {
    ...{ memberId, name: `${whose} retiring key` },
    ...{ successorId: dead.id, rotatedAt: now, retiresAt: new Date(now.getTime() + 3 * DAY_MS) },
  });
  const incident = await anIncident(db, actor, dead, whose);
  const closed = await anIncident(db, actor, former, whose, now);
  const request = await aCall(db, key, { path: `/${word}`, userAgent: `${word} agent`, endpointId });
  await aCall(db, dead, { path: `/${word}`, userAgent: `${word} agent`, endpointId });
  await aDay(db, key, 0, { requests: 1 });
  const [notification] = await db
    .insert(notifications)
    .values({
      ...{ teamId: actor.teamId, memberId: actor.memberId, kind: 'refusals', cause: `refusal:${key.id}` },
      ...{ title: `${whose} title`, body: `${whose} body`, href: `/t/${actor.teamSlug}` },
    })
    .returning();
  const values = {
    path: {},
    query: { q: `${whose} value` },
    header: {},
    accept: '',
    contentType: '',
    body: '',
  };
  const [past] = await db
    .insert(testerRequests)
    .values({
      ...{ teamId: actor.teamId, memberId: actor.memberId, credentialId: key.id, endpointId },
      input: { values, answer: { status: 200, timeMs: 3 } },
    })
    .returning();
  return { key, dead, former, retiring, incident, closed, request, notification: notification!, past: past! };
}

async function anIncident(db: Db, by: Member, key: Key, word: string, closedAt: Date | null = null) {
  const [incident] = await db
    .insert(incidents)
    .values({
      ...{ teamId: key.teamId, publicId: `inc_${randomBase62(16)}`, credentialId: key.id },
      ...{ reason: `${word} reason`, openedBy: by.memberId, revokedAt: key.revokedAt, closedAt },
      monitorUntil: new Date(Date.now() + 7 * DAY_MS),
    })
    .returning();
  await db.insert(incidentEvents).values({
    ...{ teamId: key.teamId, incidentId: incident!.id, memberId: by.memberId },
    ...{ step: 'note', text: `${word} history` },
  });
  return incident!;
}

/** Every secret created with a team, as shown and as stored. */
export function secretsOf(full: FullTeam): string[] {
  const sets: Things[] = [full, ...Object.values(full.own)];
  const keys = sets.flatMap(({ key, dead, former, retiring }) => [key, dead, former, retiring]);
  return [...keys, full.production, full.paused]
    .flatMap(({ secretKey, secretDigest }) => {
      const digest = Buffer.from(secretDigest);
      return [secretKey.split('_').at(-1)!, digest.toString('hex'), digest.toString('base64')];
    })
    .concat(full.invitation.token);
}
