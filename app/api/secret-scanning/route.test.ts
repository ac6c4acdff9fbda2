import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { credentials } from '#db/schema/credentials.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const public_keys = [
  { key_identifier: 'one', key: publicKey.export({ type: 'spki', format: 'pem' }), is_current: true },
];
const github = createServer((_request, response) => response.end(JSON.stringify({ public_keys })));

let own: OwnDatabase;
let post: (request: Request) => Promise<Response>;
beforeAll(async () => {
  own = await ownDatabase();
  await new Promise<void>((resolve) => github.listen(0, '127.0.0.1', resolve));
  const { port } = github.address() as AddressInfo; // Listening on a port, so an object.
  process.env.DATABASE_URL = own.url;
  process.env.GITHUB_SECRET_SCANNING_KEYS_URL = `http://127.0.0.1:${port}/meta/public_keys`;
  // The environment is read once per module graph, and opening the database has read it.
  vi.resetModules();
  ({ POST: post } = await import('./route.ts'));
});
afterAll(async () => {
  await (await import('#db/client.ts')).pool().end();
  github.close();
  await own.drop();
});

function send(body: string | Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) {
  const streams = body instanceof ReadableStream ? { duplex: 'half' } : {};
  return post(
    new Request('http://portal.example/api/secret-scanning', { method: 'POST', body, headers, ...streams }),
  );
}
const signed = (body: string) =>
  send(body, {
    'Github-Public-Key-Identifier': 'one',
    'Github-Public-Key-Signature': sign('sha256', Buffer.from(body), privateKey).toString('base64'),
  });

test('the response to a signed report has labels, and the key is revoked', async () => {
  const { db } = own;
  const key = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));
  const body = JSON.stringify([
    { token: key.secretKey, type: 'latchkey', url: 'https://github.com/a/b', source: 'commit' },
  ]);

  const response = await signed(body);

  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject([{ token_type: 'latchkey', label: 'true_positive' }]);
  expect(text).not.toContain(key.secretKey);
  expect(await db.select().from(credentials)).toMatchObject([{ status: 'revoked' }]);
});

test('an empty report is fine', async () => {
  const response = await signed('[]');
  expect([response.status, await response.json()]).toEqual([200, []]);
});

test('a report with a missing or invalid signature is rejected, and one that isn’t an array is invalid', async () => {
  expect((await send('[]')).status).toBe(401);
  expect(
    (await send('[]', { 'Github-Public-Key-Identifier': 'one', 'Github-Public-Key-Signature': 'AAAA' }))
      .status,
  ).toBe(401);
  expect((await signed('{}')).status).toBe(400);
});

test('a body that is too large is rejected before it is read, also without a Content-Length', async () => {
  expect((await send('[]', { 'content-length': String(6 * 1024 * 1024) })).status).toBe(413);
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  expect((await send(endless)).status).toBe(413);
  expect(sent).toBeLessThan(6 * 1024 * 1024);
});
