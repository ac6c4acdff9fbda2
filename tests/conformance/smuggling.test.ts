import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayFixture } from '#tests/support/gateway-fixture.ts';
import { type Gateways, startGateways, type Upstream } from '#tests/support/gateways.ts';
import { sendRaw } from '#tests/support/raw-http.ts';

/** Requests that two parsers could read differently (RFC 9112 section 11.2), sent byte for byte to the gateway. */

let running: Gateways;
let upstream: Upstream;
let keys: GatewayFixture;
let port: number;

beforeAll(async () => {
  running = await startGateways(1);
  ({ upstream, keys } = running);
  port = running.gateways[0]!.port;
});

afterAll(() => running?.stop());

const hidden = () =>
  `GET /stub/items/smuggled HTTP/1.1\r\nHost: gw\r\nX-API-Key: ${keys.good.secretKey}\r\n\r\n`;
const head = (line: string, ...fields: string[]) =>
  `${[line, 'Host: gw', `X-API-Key: ${keys.good.secretKey}`, ...fields].join('\r\n')}\r\n\r\n`;
const POST = 'POST /stub/echo HTTP/1.1';

/** The request hidden in each payload must never reach the upstream. */
const payloads: [name: string, bytes: () => string][] = [
  [
    'Content-Length and Transfer-Encoding',
    () => `${head(POST, 'Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`,
  ],
  [
    'Transfer-Encoding and Content-Length',
    () => `${head(POST, 'Transfer-Encoding: chunked', 'Content-Length: 300')}0\r\n\r\n${hidden()}`,
  ],
  [
    'two different Content-Lengths',
    () => `${head(POST, 'Content-Length: 0', 'Content-Length: 300')}${hidden()}`,
  ],
  ['two Content-Lengths in one', () => `${head(POST, 'Content-Length: 0, 300')}${hidden()}`],
  ['space before the colon', () => `${head(POST, 'Content-Length : 0')}${hidden()}`],
  ['signed Content-Length', () => `${head(POST, 'Content-Length: +0')}${hidden()}`],
  ['hexadecimal Content-Length', () => `${head(POST, 'Content-Length: 0x0')}${hidden()}`],
  ['negative Content-Length', () => `${head(POST, 'Content-Length: -1')}${hidden()}`],
  ['unknown coding', () => `${head(POST, 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden()}`],
  ['chunked is not last', () => `${head(POST, 'Transfer-Encoding: chunked, identity')}0\r\n\r\n${hidden()}`],
  [
    'two Transfer-Encodings',
    () => `${head(POST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: identity')}0\r\n\r\n${hidden()}`,
  ],
  [
    'Transfer-Encoding with a vertical tab',
    () => `${head(POST, 'Transfer-Encoding: \x0bchunked')}0\r\n\r\n${hidden()}`,
  ],
  [
    'folded header',
    () => `${head(POST, 'X-Fold: a\r\n Transfer-Encoding: chunked', 'Content-Length: 0')}${hidden()}`,
  ],
  [
    'bare line feeds in the head',
    () => `POST /stub/echo HTTP/1.1\nHost: gw\nContent-Length: 0\n\n${hidden()}`,
  ],
  [
    'bare carriage return in a value',
    () => `${head(POST, 'X-A: b\rTransfer-Encoding: chunked', 'Content-Length: 0')}${hidden()}`,
  ],
  ['NUL in a value', () => `${head(POST, 'X-A: b\0c', 'Content-Length: 0')}${hidden()}`],
  [
    'chunk size with a bare line feed',
    () => `${head(POST, 'Transfer-Encoding: chunked')}1\nA\n0\n\n${hidden()}`,
  ],
  [
    'chunk extension with a bare line feed',
    () => `${head(POST, 'Transfer-Encoding: chunked')}1;a\nb\r\nA\r\n0\r\n\r\n${hidden()}`,
  ],
  [
    'chunk size that overflows',
    () => `${head(POST, 'Transfer-Encoding: chunked')}10000000000000001\r\nA\r\n0\r\n\r\n${hidden()}`,
  ],
  [
    'chunk longer than its size',
    () => `${head(POST, 'Transfer-Encoding: chunked')}1\r\nAB\r\n0\r\n\r\n${hidden()}`,
  ],
  ['two Hosts', () => head('GET /stub/echo HTTP/1.1', 'Host: other')],
  [
    'chunks in HTTP/1.0',
    () =>
      `${head('POST /stub/echo HTTP/1.0', 'Connection: keep-alive', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`,
  ],
  ['upgrade', () => `${head('GET /stub/echo HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c')}${hidden()}`],
  ['tunnel', () => `${head('CONNECT gw:443 HTTP/1.1')}${hidden()}`],
  ['trace', () => `${head('TRACE /stub/echo HTTP/1.1')}`],
];

test.each(payloads)(
  '%s is rejected or cut off, and the hidden request is not forwarded',
  async (_, bytes) => {
    const before = upstream.seen.length;
    const received = await sendRaw(port, bytes(), 300);
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map((match) => Number(match[1]));
    expect(
      statuses.every((status) => status >= 400 && status < 600),
      received,
    ).toBe(true);
    const seen = upstream.seen.slice(before);
    expect(
      seen.filter((call) => call.url.includes('smuggled')),
      'hidden requests at the upstream',
    ).toEqual([]);
    expect(
      seen.filter((call) => call.bodySha256 !== ''),
      'whole requests at the upstream',
    ).toEqual([]);
  },
);

test('the absolute form can’t be routed', async () => {
  const received = await sendRaw(port, head('GET http://other/stub/echo HTTP/1.1', 'Connection: close'));
  expect(received).toContain('"code":"unroutable_path"');
});

test('a request’s body is never read as the next request’s head', async () => {
  for (const [line, framing] of [
    [POST, (body: string) => [`Content-Length: ${body.length}`, body]],
    ['DELETE /stub/echo HTTP/1.1', (body: string) => [`Content-Length: ${body.length}`, body]],
    [POST, chunked],
    ['OPTIONS /stub/echo HTTP/1.1', chunked],
    ['DELETE /stub/echo HTTP/1.1', chunked],
  ] as const) {
    const before = upstream.seen.length;
    const [field, body] = framing(hidden()) as [string, string];
    const marked = head('GET /stub/items/marked HTTP/1.1', 'Connection: close');
    const received = await sendRaw(port, `${head(line, field)}${body}${marked}`, 1_000);
    expect([...received.matchAll(/HTTP\/1\.1 200/g)], line).toHaveLength(2);
    expect(
      upstream.seen
        .slice(before)
        .map((call) => `${call.url} ${call.bodyBytes}`)
        .sort(),
      line,
    ).toEqual([`/base/echo ${hidden().length}`, '/base/items/marked 0']);
  }
});

const chunked = (body: string) => [
  'Transfer-Encoding: chunked',
  `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
];
