import { spawnSync } from 'node:child_process';
import { DrizzleQueryError } from 'drizzle-orm/errors';
import { expect, inject, test, vi } from 'vitest';
import { connect } from '#db/client.ts';
import { describeError, explainError } from './describe-error.ts';
import { log } from './log.ts';

/** What a process with this environment writes to standard error. */
function written(code: string, env: Record<string, string> = {}) {
  const program = `const { log } = await import('./lib/process/log.ts'); ${code}`;
  const { PATH } = process.env;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH, NODE_ENV: 'production', ...env } as NodeJS.ProcessEnv, // Next narrows NODE_ENV.
    encoding: 'utf8',
  });
  return run.stderr;
}
const records = (...args: Parameters<typeof written>) =>
  written(...args)
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test('a record is one line of JSON with time, level, message, request ID, and the error with its cause', () => {
  const [record, ...rest] = records(`
    const err = new Error('outer', { cause: Object.assign(new Error('inner'), { code: 'ECONNREFUSED' }) });
    log.error({ err, requestId: 'r1' }, 'two\\nlines');
    process.exit(0);`);

  expect(rest).toEqual([]);
  expect(record).toMatchObject({
    level: 'error',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    msg: 'two\nlines',
    requestId: 'r1',
    err: {
      name: 'Error',
      message: 'outer',
      stack: expect.stringMatching(/^Error: outer\n {4}at /),
      cause: { message: 'inner', code: 'ECONNREFUSED', stack: expect.stringContaining('Error: inner\n') },
    },
  });
});

test('LOG_LEVEL sets what is written; an unknown value doesn’t stop the process', () => {
  const code = `for (const level of ['debug', 'info', 'warn', 'error', 'fatal']) log[level](level);`;
  const levels = (env?: Record<string, string>) => records(code, env).map(({ msg }) => msg);

  expect(levels()).toEqual(['info', 'warn', 'error', 'fatal']);
  expect(levels({ LOG_LEVEL: 'error' })).toEqual(['error', 'fatal']);
  expect(levels({ LOG_LEVEL: 'debug' })).toHaveLength(5);
  expect(levels({ LOG_LEVEL: 'silent' })).toEqual([]);
  expect(levels({ LOG_LEVEL: 'loud' })).toEqual(['info', 'warn', 'error', 'fatal']);
  expect(levels({ NODE_ENV: 'test' })).toEqual([]);
});

test('LOG_FORMAT=pretty writes lines for people, including the last one before an exit', () => {
  const text = written(`log.warn('almost full'); log.info('last'); process.exit(0);`, {
    LOG_FORMAT: 'pretty',
  });
  expect(text).toMatch(/WARN.*almost full/);
  expect(text).toMatch(/INFO.*last/);
});

test('fields that can hold secrets are redacted', () => {
  const [record] = records(
    `log.info({ email: 'a@b.c', user: { password: 'p', cookie: 'c' }, team: 'kept' }, 'x');`,
  );
  expect(record).toMatchObject({
    email: '[redacted]',
    user: { password: '[redacted]', cookie: '[redacted]' },
    team: 'kept',
  });
});

test('no value of a failed statement is logged', async () => {
  const { db, sql } = connect(inject('databaseUrl'), { max: 1 });
  const planted = 'planted-4711';
  const failures = [
    await db.execute(`select ${"'"}${planted}${"'"}::uuid`).catch((error: unknown) => error),
    await sql`select ${planted}::text::int`.catch((error: unknown) => error),
    await sql`select ${planted} from absent_table`.catch((error: unknown) => error),
    new DrizzleQueryError('insert into users values ($1)', [planted], new Error('read-only')),
    new Error(`Failed to find Server Action "${planted}". This request might be from an older deployment.`),
    new Error(`\`x-forwarded-host\` header with value \`${planted}\` does not match`),
    new Error(`GET https://portal.example.com/sign-in?email=${planted} failed`),
  ];
  await sql.end();
  try {
    JSON.parse(`{${planted}`);
  } catch (error) {
    failures.push(error);
  }
  expect(failures).toHaveLength(8);
  for (const failure of failures.slice(1)) {
    expect(failure).toBeInstanceOf(Error);
    expect(JSON.stringify(describeError(failure)) + explainError(failure)).not.toContain('4711');
  }
  expect(JSON.stringify(describeError(failures[0])['cause' as never] ?? '')).not.toContain('4711');
});

test('a repeating cause, a thrown string and several attempts at once are described too', () => {
  const loop = new Error('loop');
  loop.cause = loop;
  expect(JSON.stringify(describeError(loop)).match(/"loop"/g)!.length).toBeLessThan(10);
  expect(describeError('planted')).toEqual({ message: 'thrown: string' });
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:5432'), { code: 'ECONNREFUSED' });
  const all = new AggregateError([refused], '');
  expect(describeError(all).errors).toMatchObject([{ message: 'connect ECONNREFUSED ::1:5432' }]);
  expect(explainError(new Error('The database does not respond', { cause: all }))).toBe(
    'The database does not respond: AggregateError: connect ECONNREFUSED ::1:5432',
  );
});

test('in tests, an unexpected log line is collected like stray console output', () => {
  expect(vi.isMockFunction(log.error)).toBe(true);
  const own = vi.spyOn(log, 'error').mockImplementation(() => {});
  log.error({ err: new Error('expected') }, 'expected');
  expect(own).toHaveBeenCalledOnce();
});
