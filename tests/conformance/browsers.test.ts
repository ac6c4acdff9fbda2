import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launch } from '#tests/support/browser.ts';
import { knownCredential, nodeGateway, pair } from '#tests/support/node-gateway.ts';

/** Web pages of two sites in Chromium call the gateway. The key allows one of them. */

const pages = createServer((_request, response) => {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>');
});
const seen: string[] = [];
let gateway: Awaited<ReturnType<typeof nodeGateway>>;
let browser: Browser;
let allowed: Page;
let other: Page;

function upstream(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === '/limited') return void response.writeHead(404, { 'X-Reason': 'none' }).end('{}');
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Total': '7' });
  response.write('data: one\n\n');
  setTimeout(() => response.end('data: two\n\n'), 300);
}

beforeAll(async () => {
  gateway = await nodeGateway({
    upstream,
    ports: {
      credentials: { find: () => knownCredential({ allowedDomains: ['allowed.test'] }) },
      origins: { allows: (_api, host) => host === 'allowed.test' },
    },
  });
  gateway.server.prependListener('request', ({ method, url }: IncomingMessage) =>
    seen.push(`${method} ${url}`),
  );
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const { port } = pages.address() as AddressInfo; // TCP, just opened.
  browser = await launch(['--host-resolver-rules=MAP *.test 127.0.0.1']);
  const context = await browser.newContext();
  [allowed, other] = [await context.newPage(), await context.newPage()];
  await allowed.goto(`http://allowed.test:${port}/`);
  await other.goto(`http://other.test:${port}/`);
});

afterAll(async () => {
  await browser?.close();
  pages.close();
  await gateway?.stop();
});
beforeEach(() => {
  seen.length = 0;
});

/** What a script of the page sees of a request. */
const fetchOn = (page: Page, path: string, key = pair.secretKey) =>
  page.evaluate(
    async ([url, secretKey]) => {
      try {
        const response = await fetch(url!, {
          method: 'POST',
          body: '{}',
          headers: { 'X-API-Key': secretKey!, 'Content-Type': 'application/json', 'Stripe-Version': '1' },
        });
        const read = (name: string) => response.headers.get(name);
        const names = ['x-total', 'x-request-id', 'ratelimit', 'x-reason'];
        return { status: response.status, body: await response.text(), headers: names.map(read) };
      } catch (error) {
        return String(error);
      }
    },
    [`${gateway.url}/api/${path}`, key],
  );

test('fetch works on the allowed site, with a readable response, and one preflight for several requests', async () => {
  const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
  for (let i = 0; i < 2; i++)
    expect(await fetchOn(allowed, 'data')).toEqual({
      status: 200,
      body: 'data: one\n\ndata: two\n\n',
      headers: ['7', id, expect.stringContaining('"daily"'), null],
    });
  expect(seen).toEqual(['OPTIONS /api/data', 'POST /api/data', 'POST /api/data']);
});

test('a page of the allowed site can read errors of the API and of the gateway', async () => {
  expect(await fetchOn(allowed, 'limited')).toMatchObject({ status: 404, body: '{}' });
  const refused = await fetchOn(allowed, 'data', 'not-a-key');
  expect(refused).toMatchObject({ status: 401, body: expect.stringContaining('malformed_credentials') });
});

test('a page of another site learns nothing, and its request never gets beyond the preflight', async () => {
  expect(await fetchOn(other, 'elsewhere')).toMatch(/^TypeError: Failed to fetch/);
  expect(seen).toEqual(['OPTIONS /api/elsewhere']);
});

test('streams arrive piece by piece through fetch; EventSource can’t send a key', async () => {
  const first = await allowed.evaluate(
    async ([url, key]) => {
      const response = await fetch(url!, {
        headers: { Authorization: `Bearer ${key}`, 'Last-Event-ID': '5' },
      });
      const { value } = await response.body!.getReader().read();
      return new TextDecoder().decode(value);
    },
    [`${gateway.url}/api/stream`, pair.secretKey],
  );
  expect(first).toBe('data: one\n\n');

  const state = await allowed.evaluate(
    (url) =>
      new Promise<number>((resolve) => {
        const source = new EventSource(url);
        source.onerror = () => resolve(source.readyState);
        source.onmessage = () => resolve(-1);
      }),
    `${gateway.url}/api/stream`,
  );
  expect(state).toBe(2); // Closed: the gateway answered 401.
});
