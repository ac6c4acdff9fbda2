import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asOperator } from '#lib/access/operator.ts';
import { findSession, openSession } from '#lib/access/session.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aUser } from '#tests/support/factories.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own?.drop());

/** Runs the command as `npm run operators --` does. */
async function run(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: own.url, OPERATOR_EMAIL: 'Configured@example.com' };
  const command = promisify(execFile)(process.execPath, ['scripts/operators.ts', ...args], { env });
  return command.then(
    ({ stdout }) => ({ code: 0, out: stdout, err: '' }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      ...{ code, out: stdout, err: stderr },
    }),
  );
}

test('operators are added, listed and removed, which takes effect on open sessions', async () => {
  const { db } = own;
  const ada = await aUser(db, { name: 'Ada', email: 'ada@example.com' });
  const token = await openSession(db, ada.userId, { ip: null, userAgent: null });
  const isOperator = async () => asOperator((await findSession(db, token, null))!) !== null;
  expect((await run('list')).out).toBe('No operators.\n');

  expect(await run('add', 'ada@example.com')).toMatchObject({
    code: 0,
    out: 'ada@example.com is an operator.\n',
  });
  expect(await isOperator()).toBe(true);
  expect((await run('list')).out).toBe(
    'ada@example.com (Ada), added by this command, two-factor authentication off\n',
  );
  expect((await run('remove', 'ada@example.com')).out).toBe('ada@example.com is no longer an operator.\n');
  expect(await isOperator()).toBe(false);

  expect((await auditTrail(db)).map(({ action, subjectId }) => [action, subjectId])).toEqual([
    [expect.stringContaining('operator'), ada.userId],
    [expect.stringContaining('operator'), ada.userId],
  ]);
}, 120_000);

test('what it can’t do fails with the reason, and changes nothing', async () => {
  await aUser(own.db, { email: 'new@example.com', emailVerifiedAt: null });
  const before = await auditTrail(own.db);
  const outcomes = await Promise.all([
    run('add', 'nobody@example.com'),
    run('add', 'new@example.com'),
    run('remove', 'configured@example.com'),
    run('add'),
  ]);
  expect(outcomes.map(({ code, err }) => [code, err.split('\n')[0]])).toEqual([
    [1, 'There is no account with the address nobody@example.com. Ask them to sign up first.'],
    [1, "new@example.com hasn't verified their email address yet."],
    [1, 'OPERATOR_EMAIL names configured@example.com. Change it and restart Latchkey instead.'],
    [1, 'Usage:'],
  ]);
  expect(await auditTrail(own.db)).toEqual(before);
}, 120_000);
