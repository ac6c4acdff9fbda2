import { existsSync, readFileSync } from 'node:fs';
import { and, eq } from 'drizzle-orm';
import type postgres from 'postgres';
import { v7 } from 'uuid';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import { findMember, type User } from '#lib/access/member.ts';
import { hashPassword } from '#lib/accounts/password.ts';
import { createApplicationWithKeys } from '#lib/credentials/create-application-with-keys.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { createTeam } from '#lib/teams/create-team.ts';
import { ingestSegment } from '#lib/usage/ingest.ts';
import { completionLine, intentLine, type LineSubject, refusalLine } from '#lib/usage/lines.ts';

export const DEMO_PASSWORD = 'sunlit harbour ninety geese';

const PEOPLE = {
  operator: { email: 'operator@example.com', name: 'Olga Operator' },
  owner: { email: 'owner@example.com', name: 'Oscar Owner' },
  admin: { email: 'admin@example.com', name: 'Ada Admin' },
  member: { email: 'member@example.com', name: 'Mina Member' },
} as const;

type Login = { email: string; password: string };
type Keys = { sharedKey: string; secretKey: string };
export type Seeded = {
  operator: Login;
  owner: Login;
  admin: Login;
  member: Login;
  team: { slug: string; apiId: string };
  application: { id: string };
  credential: Keys;
  memberCredential: Keys;
};

/** Puts the demo team into the database, through the product's own verbs; a second start finds it there. */
export async function seedDemo(db: Db, sql: postgres.Sql, file: string): Promise<Seeded> {
  const [owner] = await db.select({ id: users.id }).from(users).where(eq(users.email, PEOPLE.owner.email));
  if (owner && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Seeded; // Written by the run that seeded.
  if (owner)
    throw new Error(
      `The demo data is there, but ${file} is not, and secret keys are stored nowhere else. Start with an empty DATA_DIR.`,
    );

  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const people = {} as Record<keyof typeof PEOPLE, User>; // Filled for every key by the loop below.
  for (const [role, person] of Object.entries(PEOPLE) as [keyof typeof PEOPLE, (typeof PEOPLE)['owner']][]) {
    const isOperator = role === 'operator';
    const [row] = await db
      .insert(users)
      .values({ ...person, passwordHash, isOperator, emailVerifiedAt: new Date() })
      .returning();
    people[role] = {
      userId: row!.id,
      sessionId: v7(),
      name: row!.name,
      email: row!.email,
      emailVerified: true,
      isOperator,
      ip: null,
    };
  }
  const created = await createTeam(
    { db, user: people.owner },
    { name: 'Harbour Labs', description: 'Builds the harbour app. Made by the demo.' },
  );
  if (!created.ok) throw new Error(created.reason);
  const [team] = await db
    .select({ id: teams.id, slug: teams.slug, apiId: teams.apiId })
    .from(teams)
    .where(eq(teams.slug, created.slug));
  for (const role of ['admin', 'member'] as const)
    await db.insert(members).values({ teamId: team!.id, userId: people[role].userId, role });

  const offered = await db
    .select({ id: endpoints.id, apiId: endpoints.apiId, method: endpoints.method, path: endpoints.path })
    .from(endpoints);
  const member = (await findMember(db, people.owner, created.slug))!;
  const app = await createApplicationWithKeys(
    { db, member },
    {
      title: 'Harbour app',
      description: 'Shows skippers the weather of the day.',
      endpointIds: offered.map(({ id }) => id),
    },
  );
  if (!app.ok) throw new Error(app.reason);
  const memberCredential = await seedMemberKey(db, team!.id, people.member.userId);
  await seedHistory(db, sql, team!.id, offered);

  const login = (role: keyof typeof PEOPLE): Login => ({
    email: PEOPLE[role].email,
    password: DEMO_PASSWORD,
  });
  return {
    operator: login('operator'),
    owner: login('owner'),
    admin: login('admin'),
    member: login('member'),
    team: { slug: team!.slug, apiId: team!.apiId },
    application: { id: app.appId },
    credential: { sharedKey: app.keys.sharedKey, secretKey: app.keys.secretKey },
    memberCredential,
  };
}

/** The member's own key, in the Default app; which is connected to everything, so that the key has something to call. */
async function seedMemberKey(db: Db, teamId: string, userId: string): Promise<Keys> {
  const [member] = await db
    .select({ id: members.id })
    .from(members)
    .where(and(eq(members.teamId, teamId), eq(members.userId, userId)));
  const [app] = await db
    .select({ id: applications.id })
    .from(applications)
    .where(and(eq(applications.teamId, teamId), eq(applications.isDefault, true)));
  const { sharedKey, secretKey, ...stored } = mintKeyPair('development');
  const all = await db.select({ id: endpoints.id }).from(endpoints);
  await db
    .insert(applicationEndpoints)
    .values(all.map(({ id }) => ({ teamId, applicationId: app!.id, endpointId: id })));
  await db.insert(credentials).values({
    ...stored,
    teamId,
    applicationId: app!.id,
    memberId: member!.id,
    createdBy: member!.id,
    environment: 'development',
    name: "Mina's key",
    description: "A member's own key.",
  });
  return { sharedKey, secretKey };
}

/** Thirty days of calls, through the same door as real ones: so sums and rows agree. */
async function seedHistory(
  db: Db,
  sql: postgres.Sql,
  teamId: string,
  offered: { id: string; apiId: string; method: string; path: string }[],
): Promise<void> {
  const keys = await db.select().from(credentials).where(eq(credentials.teamId, teamId));
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const lines: string[] = [];
  const now = Date.now();
  for (let day = 30; day >= 1; day--) {
    const calls = Math.round(8 + (30 - day) / 2 + 6 * Math.sin(day) + random() * 6);
    for (let i = 0; i < calls; i++) {
      const key = keys[random() < 0.7 ? 0 : keys.length - 1]!;
      const endpoint = offered[Math.floor(random() * random() * offered.length)]!;
      const atMs = now - day * 86_400_000 + Math.floor(random() * 80_000_000);
      const call: LineSubject = {
        id: v7({ msecs: atMs }),
        atMs,
        day: new Date(atMs).toISOString().slice(0, 10),
        credential: key,
        route: { apiId: endpoint.apiId, endpointId: endpoint.id },
        method: endpoint.method,
        path: `/weather${endpoint.path.replace('{city}', 'lisbon').replace('{status}', '503')}`,
        clientIp: `203.0.113.${10 + Math.floor(random() * 4)}`,
        userAgent: random() < 0.6 ? 'harbour-app/2.3' : 'python-httpx/0.28',
      };
      if (random() < 0.03) {
        lines.push(refusalLine(call, { status: 403, reason: 'endpoint_not_connected', latencyMs: 0.3 }));
        continue;
      }
      const status = endpoint.path.includes('fail') ? 503 : random() < 0.04 ? 404 : 200;
      lines.push(intentLine(call));
      lines.push(
        completionLine(call, {
          outcome: 'answered',
          status,
          reason: null,
          counted: true,
          latencyMs: 4 + random() * 60,
          bytesIn: 0,
          bytesOut: 80 + Math.floor(random() * 900),
        }),
      );
    }
  }
  await ingestSegment(sql, {
    id: `demo/${v7()}`,
    nodeId: v7(),
    text: lines.join('').trimEnd(),
    lines: lines.length,
  });
}
