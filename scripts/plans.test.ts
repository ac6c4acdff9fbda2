import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { plans } from '#db/schema/plans.ts';
import { usageRecords } from '#db/schema/usage.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aTeam } from '#tests/support/factories.ts';
import { aPlan } from '#tests/support/plans.ts';
import { aCall } from '#tests/support/usage-rows.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.drop());

/** Runs the command as `npm run plans --` does. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, DATABASE_URL: own.url };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['scripts/plans.ts', ...args], {
      env,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }; // Of execFile.
    return { code, out: stdout, err: stderr };
  }
}

async function aTeamWithOldRequest(planId: string, name: string) {
  const owner = await aMember(
    own.db,
    'owner',
    await aTeam(own.db, { planId, name, slug: name.toLowerCase() }),
  );
  const key = await aCredential(own.db, await anApplication(own.db, owner));
  const at = new Date(Date.now() - 20 * 86_400_000);
  await aCall(own.db, key, { at, day: at.toISOString().slice(0, 10) });
}
const retention = async (name: string) =>
  (await own.db.select().from(plans).where(eq(plans.name, name)))[0]?.retentionDays;

test('a change that deletes requests prints what it deletes and stops; with --yes it is made, and can be undone', async () => {
  const gold = await aPlan(own.db, { name: 'Gold', retentionDays: 30 });
  await aTeamWithOldRequest(gold.id, 'Acme');

  const stopped = await run('set', 'gold', '--retention', '7');
  expect(stopped).toMatchObject({ code: 1, out: '' });
  expect(stopped.err).toMatch(/^1 request of Acme older than 7 days will be deleted after .* UTC\.$/m);
  expect(stopped.err).toContain('Acme (acme): 1 request, log retention 30 to 7 days');
  expect(stopped.err).toContain('Nothing was changed. To make this change, add --yes.');
  expect(await retention('Gold')).toBe(30);
  expect((await run('pending')).out).toBe('No pending changes.\n');

  expect(await run('set', 'gold', '--retention', '7', '--yes')).toMatchObject({ code: 0 });
  expect(await retention('Gold')).toBe(7);
  const { out } = await run('pending');
  expect(out).toMatch(/Gold: log retention 30 to 7 days\. 1 request in 1 team will be deleted after/);
  expect(await run('undo', out.split(' ')[0]!)).toMatchObject({ code: 0 });
  expect(await retention('Gold')).toBe(30);
  expect((await run('pending')).out).toBe('No pending changes.\n');
  expect(await own.db.$count(usageRecords)).toBe(1);
}, 120_000);

test('assigning a plan with a shorter retention needs --yes too', async () => {
  await aPlan(own.db, { name: 'Short', retentionDays: 7 });
  const long = await aPlan(own.db, { name: 'Long', retentionDays: 60 });
  await aTeamWithOldRequest(long.id, 'Zeta');

  expect(await run('assign', 'zeta', 'short')).toMatchObject({ code: 1, out: '' });
  expect((await run('list')).out).toMatch(/^Long: .* teams 1$/m);
  expect((await run('assign', 'zeta', 'short', '--yes')).out).toMatch(/^zeta is on Short\./);
  expect((await run('list')).out).toMatch(
    /^Short: 5,000 requests per day, burst 50 in 5 s, log retention 7 days, .* teams 1$/m,
  );
}, 120_000);

test('reading commands don’t migrate the database', async () => {
  await own.sql`drop view team_retention`;
  const isThere = async () =>
    (await own.sql`select to_regclass('team_retention') is not null as there`)[0]?.there;

  expect(await run('list')).toMatchObject({ code: 0 });
  expect(await run('pending')).toMatchObject({ code: 0 });
  expect(await isThere()).toBe(false);
}, 120_000);
