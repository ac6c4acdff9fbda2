import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Db } from '#db/client.ts';
import { credentialExposures, credentials } from '#db/schema/credentials.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { log } from '#lib/process/log.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { queuedMails } from '#tests/support/mails.ts';
import { settings } from '#tests/support/settings.ts';
import { githubKeys } from './github-keys.ts';
import { receiveScan } from './receive-scan.ts';

const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();

/** A fake api.github.com on a real socket. */
const github = {
  url: '',
  asked: 0,
  status: 200,
  hangs: false,
  keys: {} as Record<string, string>,
};
const server = createServer((_request, response) => {
  github.asked++;
  if (github.hangs) return;
  response.writeHead(github.status, { 'content-type': 'application/json' });
  const public_keys = Object.entries(github.keys).map(([key_identifier, key]) => ({
    key_identifier,
    key,
    is_current: true,
  }));
  response.end(JSON.stringify({ public_keys }));
});
beforeEach(async () => {
  Object.assign(github, { asked: 0, status: 200, hangs: false, keys: { one: pemOf(p256.publicKey) } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // An object, because it listens on a port.
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

function signed(matches: unknown, { key = p256.privateKey, identifier = 'one' } = {}) {
  const body = Buffer.from(typeof matches === 'string' ? matches : JSON.stringify(matches));
  return { body, identifier, signature: sign('sha256', body, key).toString('base64') };
}
const receive = (db: Db, message: Parameters<typeof receiveScan>[1]) =>
  receiveScan({ db, keys: githubKeys(github.url), settings }, message);
const match = (token: string, url = 'https://github.com/o/r/blob/1/.env') => ({
  token,
  type: 'latchkey_secret_key',
  url,
  source: 'content',
});
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

test(
  'a signed report revokes valid keys, and labels every distinct token without repeating it',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, owner));
    const foreign = mintKeyPair('production').secretKey;
    const matches = [
      match(key.secretKey),
      match(foreign),
      match('nonsense'),
      match(key.secretKey, 'https://github.com/o/fork'),
    ];

    const received = await receive(db, signed(matches));

    expect(received).toEqual({
      ok: true,
      labels: [
        { token_hash: hashOf(key.secretKey), token_type: 'latchkey_secret_key', label: 'true_positive' },
        { token_hash: hashOf(foreign), token_type: 'latchkey_secret_key', label: 'false_positive' },
        { token_hash: hashOf('nonsense'), token_type: 'latchkey_secret_key', label: 'false_positive' },
      ],
    });
    expect(await db.select().from(credentials)).toMatchObject([
      { status: 'revoked', exposedAt: expect.any(Date) },
    ]);
    const places = (await db.select().from(credentialExposures)).map(({ place }) => place);
    expect(places.sort()).toEqual(['https://github.com/o/fork', 'https://github.com/o/r/blob/1/.env']);
    expect(await queuedMails(db)).toHaveLength(2);
    // GitHub repeats a report if it isn't sure that it arrived.
    expect(await receive(db, signed(matches))).toEqual(received);
    expect(await db.select().from(credentialExposures)).toHaveLength(2);
  }),
);

test(
  'a match can be longer than the key, and its URL empty',
  withDb(async (db) => {
    const key = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));
    const wide = `Basic ${btoa(`${key.sharedKey}:${key.secretKey}`)}`;

    const received = await receive(db, signed([{ ...match(wide), url: null, source: 'Gist_content' }]));

    expect(received).toMatchObject({ labels: [{ label: 'true_positive', token_hash: hashOf(wide) }] });
    expect(await db.select().from(credentialExposures)).toMatchObject([{ place: 'GitHub, Gist content' }]);
  }),
);

test(
  'thousands of matches are processed in one request',
  withDb(async (db) => {
    const key = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));
    const matches = Array.from({ length: 5_000 }, () => match(mintKeyPair('staging').secretKey));
    matches[4_321] = match(key.secretKey);

    const received = await receive(db, signed(matches));

    expect(received.ok && received.labels.filter(({ label }) => label === 'true_positive')).toHaveLength(1);
    expect(received.ok && received.labels).toHaveLength(5_000);
  }),
);

const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const good = signed([match('x')]);
test.each([
  ['no headers', { ...good, identifier: null, signature: null }],
  ['no signature', { ...good, signature: '' }],
  ['a signature that is none', { ...good, signature: 'AAAA' }],
  ['a giant signature', { ...good, signature: 'A'.repeat(100_000) }],
  ['an unknown identifier', { ...good, identifier: 'two' }],
  ["another signer's key", signed([match('x')], { key: stranger.privateKey })],
  ['a changed body', { ...good, body: Buffer.from(`${good.body} `) }],
  ['the same JSON in other words', { ...good, body: Buffer.from(JSON.stringify([match('x')], null, 1)) }],
])('%s is not signed', (_name, message) =>
  withDb(async (db) => {
    expect(await receive(db, message)).toEqual({ ok: false, reason: 'not_signed' });
  })(),
);

test.each([
  ['no JSON', 'x'],
  ['nothing', ''],
  ['an object', {}],
  ['a match without a token', [{ type: 'a', url: '', source: '' }]],
  ['too many matches', Array(20_001).fill(match('x'))],
])('signed but unreadable: %s', (_name, matches) =>
  withDb(async (db) => {
    expect(await receive(db, signed(matches))).toEqual({ ok: false, reason: 'unreadable' });
  })(),
);

test(
  'a published key of another algorithm is ignored',
  withDb(async (db) => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    github.keys = { rsa: pemOf(rsa.publicKey), p384: pemOf(p384.publicKey), broken: 'no pem' };
    for (const [identifier, key] of [
      ['rsa', rsa.privateKey],
      ['p384', p384.privateKey],
      ['broken', p256.privateKey],
    ] as const)
      expect(await receive(db, signed([], { key, identifier }))).toEqual({ ok: false, reason: 'not_signed' });
  }),
);

test('keys are cached for an hour, fetched once for concurrent reports, and at most once a minute for unknown identifiers', async () => {
  let nowMs = 0;
  const keys = githubKeys(github.url, () => nowMs);
  const many = await Promise.all(Array.from({ length: 20 }, () => keys('one')));
  expect(many.every((key) => typeof key === 'object')).toBe(true);
  expect(github.asked).toBe(1);

  for (let i = 0; i < 20; i++) expect(await keys(`guess ${i}`)).toBe('unknown');
  expect(github.asked).toBe(1);
  github.keys = { two: pemOf(p256.publicKey) };
  nowMs += 60_000;
  expect(await keys('two')).toBeTypeOf('object');
  // Withdrawn by GitHub.
  expect(await keys('one')).toBe('unknown');
  expect(github.asked).toBe(2);

  nowMs += 59 * 60_000;
  await keys('two');
  expect(github.asked).toBe(2);
  nowMs += 2 * 60_000;
  await keys('two');
  expect(github.asked).toBe(3);
});

test('without GitHub the cached keys are used for a day; without any there is no verification', async () => {
  const logged = vi.spyOn(log, 'warn').mockImplementation(() => {});
  let nowMs = 0;
  github.status = 503;
  const keys = githubKeys(github.url, () => nowMs);
  expect(await keys('one')).toBe('unavailable');
  github.status = 200;
  expect(await keys('one')).toBe('unavailable');
  nowMs += 60_000;
  expect(await keys('one')).toBeTypeOf('object');

  github.status = 503;
  nowMs += 23 * 3_600_000;
  expect(await keys('one')).toBeTypeOf('object');
  nowMs += 3_600_000;
  expect(await keys('one')).toBe('unavailable');
  expect(logged).toHaveBeenCalledWith(
    { err: expect.any(Error) },
    "GitHub's public keys for secret scanning can't be fetched",
  );
});

test('a fetch from GitHub times out after five seconds', async () => {
  const logged = vi.spyOn(log, 'warn').mockImplementation(() => {});
  github.hangs = true;
  expect(await githubKeys(github.url)('one')).toBe('unavailable');
  expect(logged).toHaveBeenCalledWith(
    { err: expect.any(Error) },
    "GitHub's public keys for secret scanning can't be fetched",
  );
}, 8_000);
