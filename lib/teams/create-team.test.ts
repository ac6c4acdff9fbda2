import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applications } from '#db/schema/applications.ts';
import { members, teams } from '#db/schema/teams.ts';
import { findMember } from '#lib/access/member.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase, withDb } from '#tests/support/database.ts';
import { aTeam, aUser } from '#tests/support/factories.ts';
import { CreateTeam, createTeam, TEAMS_OWNED_MAX } from './create-team.ts';

const input = (name: string, description = '') => CreateTeam.parse({ name, description });

async function created(outcome: ReturnType<typeof createTeam>): Promise<string> {
  const result = await outcome;
  if (!result.ok) throw new Error(result.reason);
  return result.slug;
}

test(
  'the creator becomes owner of a team with an API ID and a default app',
  withDb(async (db) => {
    const user = await aUser(db);

    const slug = await created(createTeam({ db, user }, input('Acme Weather', 'Rain, mostly.')));

    expect(slug).toBe('acme-weather');
    const member = await findMember(db, user, slug);
    expect(member?.role).toBe('owner');
    const [team] = await db.select().from(teams).where(eq(teams.slug, slug));
    expect(team).toMatchObject({ name: 'Acme Weather', description: 'Rain, mostly.' });
    expect(team?.apiId).toMatch(/^team_[0-9A-Za-z]{16}$/);
    const apps = await db.select().from(applications).where(eq(applications.teamId, team!.id));
    expect(apps).toMatchObject([{ isDefault: true, title: 'Default app', createdBy: member?.memberId }]);
    expect(apps[0]?.publicId).toMatch(/^app_[0-9A-Za-z]{16}$/);
    expect(await auditTrail(db)).toMatchObject([
      { action: 'team.create', teamId: team!.id, subjectId: team!.id, actorUserId: user.userId },
    ]);
  }),
);

test(
  'without a verified address no team is created',
  withDb(async (db) => {
    const user = await aUser(db, { emailVerifiedAt: null });

    // The session's claim is not enough: the row decides.
    const outcome = await createTeam({ db, user: { ...user, emailVerified: true } }, input('Acme'));

    expect(outcome).toEqual({ ok: false, reason: 'email_not_verified' });
    expect(await db.select().from(teams)).toEqual([]);
    expect(await auditTrail(db)).toEqual([]);
  }),
);

test(
  'a taken or reserved name still results in a URL',
  withDb(async (db) => {
    const user = await aUser(db);
    await aTeam(db, { slug: 'acme', deletedAt: new Date() });

    expect(await created(createTeam({ db, user }, input('Acme')))).toBe('acme-2');
    expect(await created(createTeam({ db, user }, input('ACME!')))).toBe('acme-3');
    expect(await created(createTeam({ db, user }, input('Operator')))).toMatch(/^team-[0-9a-z]{6}$/);
    expect(await created(createTeam({ db, user }, input('東京')))).toMatch(/^team-[0-9a-z]{6}$/);
  }),
);

test(
  'one person can own a limited number of teams; deleted ones don’t count',
  withDb(async (db) => {
    const user = await aUser(db);
    const rows = Array.from({ length: TEAMS_OWNED_MAX }, (_, i) => ({
      slug: `t-${i}`,
      apiId: `t-${i}`,
      name: 'T',
    }));
    const made = await db.insert(teams).values(rows).returning({ id: teams.id });
    await db
      .insert(members)
      .values(made.map(({ id }) => ({ teamId: id, userId: user.userId, role: 'owner' as const })));

    expect(await createTeam({ db, user }, input('Acme'))).toEqual({ ok: false, reason: 'too_many_teams' });

    await db.update(teams).set({ deletedAt: new Date() }).where(eq(teams.id, made[0]!.id));
    expect(await createTeam({ db, user }, input('Acme'))).toEqual({ ok: true, slug: 'acme' });
  }),
);

test('a name is trimmed, required, at most 60 characters and without control characters', () => {
  expect(input('  Acme  ').name).toBe('Acme');
  for (const name of ['', '   ', 'x'.repeat(61), 'Ac\u0007me']) {
    expect(CreateTeam.safeParse({ name }).success, JSON.stringify(name)).toBe(false);
  }
});

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

test('twenty people who choose the same name at the same time get twenty teams', async () => {
  const people = await Promise.all(Array.from({ length: 20 }, () => aUser(own.db)));

  const slugs = await Promise.all(
    people.map((user) => created(createTeam({ db: own.db, user }, input('Acme')))),
  );

  expect(new Set(slugs).size).toBe(20);
  expect(slugs).toContain('acme');
  expect(await own.db.$count(members)).toBe(20);
  expect(await own.db.$count(applications, eq(applications.isDefault, true))).toBe(20);
});
