import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '#tests/support/processes.ts';
import { InvalidEnvironment, parseEnv } from './env.ts';
import { isWeakSecret } from './process/weak-secret.ts';

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
  LATCHKEY_ENCRYPTION_KEY: 'f1d2a3948576b0c1e2d3c4b5a6978801c64be7f05a1d9328e0f47c6b59d81a32',
};
const settings = {
  ...secrets,
  PORTAL_URL: 'https://portal.example.com',
  GATEWAY_URL: 'https://api.example.com',
  SMTP_URL: 'smtps://mail.example.com',
  MAIL_FROM: 'Latchkey <no-reply@example.com>',
};
const production = (changes: Variables = {}) => parse({ NODE_ENV: 'production', ...settings, ...changes });

test('production starts with two secrets, two URLs and an email transport', () => {
  expect(production()).toMatchObject({ ...settings, isProduction: true, ALLOW_PRIVATE_UPSTREAMS: false });
  expect(production({ SMTP_URL: '', RESEND_API_KEY: 're_1' }).RESEND_API_KEY).toBe('re_1');
});

test.each([
  ['NEXTAUTH_SECRET', ''],
  ['NEXTAUTH_SECRET', 'short-but-fairly-random-9Zr0LpW'],
  ['NEXTAUTH_SECRET', 'changeme-changeme-changeme-changeme'],
  ['NEXTAUTH_SECRET', 'change-me-please-I-am-long-enough-now'],
  ['NEXTAUTH_SECRET', 'Secret-of-more-than-32-characters-here'],
  ['NEXTAUTH_SECRET', 'development-secret-that-is-long-enough'],
  ['NEXTAUTH_SECRET', 'a'.repeat(64)],
  ['NEXTAUTH_SECRET', 'abcdef'.repeat(6)],
  ['NEXTAUTH_SECRET', 'xK9#qLp2Zm!w'.repeat(3)],
  ['NEXTAUTH_SECRET', 'abcdefghijklmnopqrstuvwxyz0123456789'],
  ['NEXTAUTH_SECRET', 'qwertyuiopasdfghjklzxcvbnm1234567890'],
  ['NEXTAUTH_SECRET', settings.LATCHKEY_ENCRYPTION_KEY],
  ['LATCHKEY_ENCRYPTION_KEY', ''],
  ['LATCHKEY_ENCRYPTION_KEY', '0'.repeat(64)],
  ['LATCHKEY_ENCRYPTION_KEY', '0123456789abcdef'.repeat(4)],
  ['LATCHKEY_ENCRYPTION_KEY', 'fedcba9876543210'.repeat(4)],
  ['LATCHKEY_ENCRYPTION_KEY', 'f1d2a3948576b0c1e2d3c4b5a6978801'.repeat(2)],
  ['LATCHKEY_ENCRYPTION_KEY', 'f1d2a3948576b0c1e2d3c4b5a6978801'],
  ['LATCHKEY_ENCRYPTION_KEY', 'z'.repeat(64)],
  ['PORTAL_URL', ''],
  ['PORTAL_URL', 'portal.example.com'],
  ['PORTAL_URL', 'javascript:alert(1)'],
  ['PORTAL_URL', 'http://portal.example.com'],
  ['PORTAL_URL', 'https://example.com/portal'],
  ['GATEWAY_URL', ''],
  ['GATEWAY_URL', 'http://api.example.com'],
  ['GATEWAY_URL', 'https://portal.example.com'],
  ['SMTP_URL', ''],
  ['MAIL_FROM', ''],
  ['SHOW_OUTBOX', '1'],
])('production rejects %s=%j and names it', (name, value) => {
  const start = () => production({ [name]: value });

  expect(start).toThrow(InvalidEnvironment);
  expect(start).toThrow(name);
});

test('production writes emails to files only if MAIL_TO_FILES is set', () => {
  const withoutMail = { SMTP_URL: '', MAIL_FROM: '' };
  expect(() => production(withoutMail)).toThrow('MAIL_TO_FILES=1');
  expect(production({ ...withoutMail, MAIL_TO_FILES: '1' }).outboxIsShown).toBe(false);
});

test('a random secret is never considered weak', () => {
  for (let i = 0; i < 2_000; i++) {
    expect(isWeakSecret(randomBytes(32).toString('hex'))).toBe(false);
    expect(isWeakSecret(randomBytes(32).toString('base64'))).toBe(false);
    expect(isWeakSecret(randomBytes(24).toString('base64url'))).toBe(false);
  }
});

test('a rejected value is never repeated in the message', () => {
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

test('LATCHKEY_ENV overrides NODE_ENV, both ways', () => {
  expect(parse({ NODE_ENV: 'production', LATCHKEY_ENV: 'development' }).isProduction).toBe(false);
  expect(() => parse({ NODE_ENV: 'development', LATCHKEY_ENV: 'production' })).toThrow('NEXTAUTH_SECRET');
});

test('development needs no settings: secrets are generated once, readable only by their owner, and stay the same', () => {
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

test('others lose access to an existing data folder, its emails and lock files', () => {
  const open = temporaryFolder();
  const [data, outbox, lock] = ['data', 'data/outbox', 'data/latchkey.lock'].map((name) =>
    join(open.path, name),
  );
  mkdirSync(outbox!, { recursive: true });
  writeFileSync(lock!, '{}');
  chmodSync(data!, 0o755);
  chmodSync(outbox!, 0o755);
  chmodSync(lock!, 0o644);

  parse({ DATA_DIR: data! });
  parse({ DATA_DIR: join(open.path, 'new') });

  expect([data!, outbox!, lock!].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual([
    '750',
    '750',
    '640',
  ]);
  expect(statSync(join(open.path, 'new')).mode & 0o777).toBe(0o700);
  open.remove();
});

test('a given secret overrides a generated one', () => {
  expect(parse(secrets).NEXTAUTH_SECRET).toBe(secrets.NEXTAUTH_SECRET);
});

test('URLs follow the ports, and lose a trailing slash', () => {
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

test('both ports listen on this machine only, except in production or if a setting changes it', () => {
  expect(parse({})).toMatchObject({ HOST: '127.0.0.1', GATEWAY_HOST: '127.0.0.1' });
  expect(parse({ HOST: '0.0.0.0' })).toMatchObject({ HOST: '0.0.0.0', GATEWAY_HOST: '127.0.0.1' });
  expect([production().HOST, production().GATEWAY_HOST]).toEqual([undefined, undefined]);
  expect(production({ HOST: '127.0.0.1', GATEWAY_HOST: '::1' })).toMatchObject({
    HOST: '127.0.0.1',
    GATEWAY_HOST: '::1',
  });
});

test('/outbox is off if others can reach the portal', () => {
  const isShown = (variables: Variables) => parse(variables).outboxIsShown;

  expect(isShown({})).toBe(true);
  expect(isShown({ HOST: '::1', PORTAL_URL: 'http://[::1]:3000' })).toBe(true);
  expect(isShown({ HOST: '0.0.0.0' })).toBe(false);
  expect(isShown({ PORTAL_URL: 'https://portal.example.com' })).toBe(false);
  expect(isShown({ SMTP_URL: 'smtp://localhost' })).toBe(false);
  expect(isShown({ HOST: '0.0.0.0', SHOW_OUTBOX: '1' })).toBe(true);
  expect(isShown({ SHOW_OUTBOX: '0' })).toBe(false);
});

test('an empty variable counts as not set', () => {
  const empty = {
    PORT: '',
    SMTP_URL: '',
    RESEND_API_KEY: '',
    GATEWAY_URL: '',
    NEXTAUTH_SECRET: '',
    HOST: '',
  };
  expect(parse(empty)).toEqual(parse({}));
});

test.each([
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['PORT', 'http'],
  ['GATEWAY_PORT', '70000'],
  ['GATEWAY_PORT', '3000'],
  ['GATEWAY_WORKERS', '0'],
  ['HOST', 'everywhere'],
  ['GATEWAY_HOST', '0.0.0.0/0'],
  ['DATABASE_URL', 'mysql://localhost/db'],
  ['DATABASE_URL', 'localhost'],
  ['SMTP_URL', 'http://localhost'],
  ['OPERATOR_EMAIL', 'nobody'],
  ['USAGE_DURABILITY', 'memory'],
  ['ALLOW_PRIVATE_UPSTREAMS', 'yes'],
  ['TRUSTED_PROXIES', 'banana'],
  ['TRUSTED_PROXIES', '10.0.0.0/8,banana'],
  ['TRUSTED_PROXIES', '10.0.0.0/33'],
  ['TRUSTED_PROXIES', '10.1'],
  ['LOG_LEVEL', 'loud'],
  ['LOG_FORMAT', 'xml'],
  ['NODE_ENV', 'prod'],
  ['LATCHKEY_ENV', 'staging'],
])('%s=%j is rejected and named, also in development', (name, value) => {
  expect(() => parse({ [name]: value })).toThrow(name);
});

test('a direct connection alone is not enough', () => {
  expect(() => parse({ DATABASE_LISTEN_URL: 'postgres://localhost/a' })).toThrow('DATABASE_URL is required');
});

test('lists and flags are read', () => {
  expect(parse({ TRUSTED_PROXIES: ' 10.0.0.0/8, ,::1 ' }).TRUSTED_PROXIES).toEqual(['10.0.0.0/8', '::1']);
  expect(parse({}).TRUSTED_PROXIES).toEqual([]);
  expect(parse({ ALLOW_PRIVATE_UPSTREAMS: '0' }).ALLOW_PRIVATE_UPSTREAMS).toBe(false);
  expect(production({ ALLOW_PRIVATE_UPSTREAMS: 'true' }).ALLOW_PRIVATE_UPSTREAMS).toBe(true);
});
