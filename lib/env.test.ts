import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '#tests/support/processes.ts';
import { InvalidEnvironment, parseEnv } from './env.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.remove());

type Variables = Record<string, string>;
const parse = (variables: Variables) =>
  parseEnv({ NODE_ENV: 'development', DATA_DIR: folder.path, ...variables } as NodeJS.ProcessEnv); // next narrows NODE_ENV.

const secrets = {
  NEXTAUTH_SECRET: 'mT3qVx9Zr0LpWc7YhN2sKd8FbJ5gQa1U',
  LATCHKEY_ENCRYPTION_KEY: 'f1d2a3948576b0c1e2d3c4b5a6978801f1d2a3948576b0c1e2d3c4b5a6978801',
  PORTAL_URL: 'https://portal.example.com',
};
const production = (changes: Variables = {}) => parse({ NODE_ENV: 'production', ...secrets, ...changes });

test('production starts with three variables of its own', () => {
  expect(production()).toMatchObject({ ...secrets, isProduction: true, ALLOW_PRIVATE_UPSTREAMS: false });
});

test.each([
  ['NEXTAUTH_SECRET', ''],
  ['NEXTAUTH_SECRET', 'short-but-fairly-random-9Zr0LpW'],
  ['NEXTAUTH_SECRET', 'changeme-changeme-changeme-changeme'],
  ['NEXTAUTH_SECRET', 'change-me-please-I-am-long-enough-now'],
  ['NEXTAUTH_SECRET', 'Secret-of-more-than-32-characters-here'],
  ['NEXTAUTH_SECRET', 'development-secret-that-is-long-enough'],
  ['NEXTAUTH_SECRET', 'a'.repeat(64)],
  ['LATCHKEY_ENCRYPTION_KEY', ''],
  ['LATCHKEY_ENCRYPTION_KEY', '0'.repeat(64)],
  ['LATCHKEY_ENCRYPTION_KEY', 'f1d2a3948576b0c1e2d3c4b5a6978801'],
  ['LATCHKEY_ENCRYPTION_KEY', 'z'.repeat(64)],
  ['PORTAL_URL', ''],
  ['PORTAL_URL', 'portal.example.com'],
  ['PORTAL_URL', 'javascript:alert(1)'],
])('production refuses %s=%j and names it', (name, value) => {
  const start = () => production({ [name]: value });

  expect(start).toThrow(InvalidEnvironment);
  expect(start).toThrow(name);
});

test('what is wrong is never repeated in the message', () => {
  expect.assertions(2);
  try {
    production({
      NEXTAUTH_SECRET: 'changeme-with-something-private',
      LATCHKEY_ENCRYPTION_KEY: 'private-too',
    });
  } catch (error) {
    expect(String(error)).toMatch(/NEXTAUTH_SECRET[\s\S]*LATCHKEY_ENCRYPTION_KEY/);
    expect(String(error)).not.toMatch('private');
  }
});

test('LATCHKEY_ENV decides over NODE_ENV, both ways', () => {
  expect(parse({ NODE_ENV: 'production', LATCHKEY_ENV: 'development' }).isProduction).toBe(false);
  expect(() => parse({ NODE_ENV: 'development', LATCHKEY_ENV: 'production' })).toThrow('NEXTAUTH_SECRET');
});

test('development needs nothing: secrets are made once, kept for their owner, and stay the same', () => {
  const first = parse({});

  expect(first.NEXTAUTH_SECRET.length).toBeGreaterThanOrEqual(32);
  expect(first.LATCHKEY_ENCRYPTION_KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(parse({})).toEqual(first);
  const path = join(folder.path, 'secrets.json');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toContain(first.LATCHKEY_ENCRYPTION_KEY);

  const other = temporaryFolder();
  expect(parse({ DATA_DIR: other.path }).LATCHKEY_ENCRYPTION_KEY).not.toBe(first.LATCHKEY_ENCRYPTION_KEY);
  other.remove();
});

test('a given secret goes before a made one', () => {
  expect(parse(secrets).NEXTAUTH_SECRET).toBe(secrets.NEXTAUTH_SECRET);
});

test('addresses follow the ports, and lose a slash at the end', () => {
  expect(parse({})).toMatchObject({
    PORT: 3000,
    GATEWAY_PORT: 4000,
    PORTAL_URL: 'http://localhost:3000',
    GATEWAY_URL: 'http://localhost:4000',
    ALLOW_PRIVATE_UPSTREAMS: true,
    GATEWAY_WORKERS: 1,
  });
  expect(parse({ PORT: '8080', GATEWAY_PORT: '0' })).toMatchObject({
    PORT: 8080,
    GATEWAY_PORT: 0,
    PORTAL_URL: 'http://localhost:8080',
  });
  expect(parse({ PORTAL_URL: 'https://portal.example.com//' }).PORTAL_URL).toBe('https://portal.example.com');
});

test('an empty variable counts as not given', () => {
  const empty = { PORT: '', SMTP_URL: '', RESEND_API_KEY: '', GATEWAY_URL: '', NEXTAUTH_SECRET: '' };
  expect(parse(empty)).toEqual(parse({}));
});

test.each([
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'http'],
  ['GATEWAY_PORT', '70000'],
  ['GATEWAY_WORKERS', '0'],
  ['DATABASE_URL', 'mysql://localhost/db'],
  ['SMTP_URL', 'http://localhost'],
  ['OPERATOR_EMAIL', 'nobody'],
  ['USAGE_DURABILITY', 'memory'],
  ['ALLOW_PRIVATE_UPSTREAMS', 'yes'],
  ['NODE_ENV', 'prod'],
  ['LATCHKEY_ENV', 'staging'],
])('%s=%j is refused and named, also in development', (name, value) => {
  expect(() => parse({ [name]: value })).toThrow(name);
});

test('lists and flags are read', () => {
  expect(parse({ TRUSTED_PROXIES: ' 10.0.0.0/8, ,::1 ' }).TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
  expect(parse({}).TRUSTED_PROXIES).toEqual([]);
  expect(parse({ ALLOW_PRIVATE_UPSTREAMS: '0' }).ALLOW_PRIVATE_UPSTREAMS).toBe(false);
  expect(production({ ALLOW_PRIVATE_UPSTREAMS: 'true' }).ALLOW_PRIVATE_UPSTREAMS).toBe(true);
});
