import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchDocument } from './fetch-document.ts';

const server = createServer((request, response) => {
  if (request.url === '/openapi.yaml') response.end('openapi: 3.1.0');
  else if (request.url === '/moved') response.writeHead(302, { location: '/openapi.yaml' }).end();
  else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
  else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  else response.writeHead(404).end();
});
let base = '';
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test.each(['/openapi.yaml', '/moved'])('%s is fetched', async (path) => {
  expect(String(Buffer.from((await fetchDocument(base + path, { allowPrivate: true })) as Uint8Array))).toBe(
    'openapi: 3.1.0',
  );
});

test.each([
  ['/nothing', 'status 404'],
  ['/loop', 'redirects more than 5 times'],
  ['/file', 'must start with https://'],
])('%s is not fetched, with the reason', async (path, reason) => {
  expect(await fetchDocument(base + path, { allowPrivate: true })).toContain(reason);
});

test('private networks are off limits unless the installation allows them', async () => {
  const port = new URL(base).port;
  const options = { allowPrivate: false };
  expect(await fetchDocument(`${base}/openapi.yaml`, options)).toContain('private network');
  expect(await fetchDocument(`http://[::1]:${port}/openapi.yaml`, options)).toContain('private network');
  expect(await fetchDocument(`http://localhost:${port}/openapi.yaml`, options)).toContain('can’t be fetched');
});
