import { existsSync, readFileSync } from 'node:fs';
import { eq } from 'drizzle-orm';
import type postgres from 'postgres';
import type { Db } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { hashPassword } from '#lib/accounts/password.ts';
import { calendarOf } from './demo-data/calendar.ts';
import { seedCalls } from './demo-data/calls.ts';
import { type Key, seedKeys } from './demo-data/keys.ts';
import { seedPeople } from './demo-data/people.ts';
import { seedStory } from './demo-data/story.ts';

export const DEMO_PASSWORD = 'sunlit harbour ninety geese';

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

/**
 * Inserts the demo team and its ninety days into the database, unless they exist. Writes directly to the tables, because
 * verbs can't act in the past, and adds the audit events that they would have recorded.
 */
export async function seedDemo(db: Db, sql: postgres.Sql, file: string): Promise<Seeded> {
  const [owner] = await db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.email, emailOf('owner')));
  if (owner && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Seeded; // Written by the run that seeded.
  if (owner)
    throw new Error(
      `The demo data exists, but ${file} is missing. It has the only copy of the secret keys. Start again with an empty DATA_DIR.`,
    );

  const calendar = calendarOf(Date.now());
  const passwordHash = await hashPassword(DEMO_PASSWORD);
  const { team, appId, keys } = await db.transaction(async (tx) => {
    const team = await seedPeople(tx, calendar, passwordHash);
    const { appId, keys } = await seedKeys(tx, calendar, team);
    await seedStory(tx, calendar, team, keys);
    await team.trail.write(tx);
    return { team, appId, keys };
  });
  await seedCalls(db, sql, calendar, team.id, keys);

  return {
    operator: login('operator'),
    owner: login('owner'),
    admin: login('admin'),
    member: login('member'),
    team: { slug: team.slug, apiId: team.apiId },
    application: { id: appId },
    credential: halves(keys.first),
    memberCredential: halves(keys.mina),
  };
}

const emailOf = (role: string) => `${role}@example.com`;
const login = (role: string): Login => ({ email: emailOf(role), password: DEMO_PASSWORD });
const halves = ({ sharedKey, secretKey }: Key): Keys => ({ sharedKey, secretKey });
