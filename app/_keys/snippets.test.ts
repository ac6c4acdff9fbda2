import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleCall } from '#lib/applications/example-call.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { curlSnippet, dotEnv, goSnippet, nodeSnippet, pythonSnippet } from './snippets.ts';

const run = promisify(execFile);
const keys = mintKeyPair('production');
const example = exampleCall({
  apiSlug: 'weather',
  method: 'POST',
  path: '/cities/{city}',
  deprecated: false,
  parameters: [
    { in: 'path', name: 'city', required: true, example: `L'Aquila "x" $(id)` },
    { in: 'header', name: 'X-Note', required: true, example: `it's \\ "quoted" $HOME` },
  ],
  requestBody: { content: { 'application/json': { example: { text: `it's "é" \\n` } } } },
});

/** A request that gets a rejection. */
const REFUSED = { method: 'GET', path: '/weather/refused', headers: {}, body: null };

type Seen = {
  url: string | undefined;
  method: string | undefined;
  note: unknown;
  auth: string[];
  body: string;
};
let seen: Seen;
const server = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  const { url, method, headers } = request;
  seen = { url, method, note: headers['x-note'], auth: pairOf(request), body };
  if (url === REFUSED.path) response.statusCode = 403;
  response.end('hello');
});

function pairOf({ headers }: IncomingMessage): string[] {
  if (!headers.authorization) return [String(headers['x-shared-key']), String(headers['x-secret-key'])];
  return Buffer.from(headers.authorization.replace('Basic ', ''), 'base64').toString().split(':');
}

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());

const has = (program: string, ask = '--version') => {
  try {
    return execFileSync(program, [ask], { stdio: 'ignore' }) !== undefined;
  } catch {
    return false;
  }
};

describe('every snippet, run as pasted, sends the same request with both keys', () => {
  const input = () => ({
    ...keys,
    gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // It listens on TCP.
    example,
  });
  const expected = () => ({
    url: '/weather/cities/L%27Aquila%20%22x%22%20%24%28id%29',
    method: 'POST',
    note: `it's \\ "quoted" $HOME`,
    auth: [keys.sharedKey, keys.secretKey],
    body: `{"text":"it's \\"é\\" \\\\n"}`,
  });

  test('Node', async () => {
    const args = ['--input-type=module', '--eval', nodeSnippet(input())];
    expect((await run(process.execPath, args)).stdout).toBe('200 hello\n');
    expect(seen).toEqual(expected());
  });

  test.skipIf(!has('curl'))('curl', async () => {
    expect((await run('sh', ['-c', curlSnippet(input())])).stdout).toBe('hello');
    expect(seen).toEqual(expected());
  });

  test.skipIf(!has('python3'))('Python', async () => {
    expect((await run('python3', ['-c', pythonSnippet(input())])).stdout).toBe('200 hello\n');
    expect(seen).toEqual(expected());
  });

  test.skipIf(!has('python3'))('Python shows a rejection and its advice, without a traceback', async () => {
    const code = pythonSnippet({ ...input(), example: REFUSED });
    expect(await run('python3', ['-c', code])).toEqual({ stdout: '403 hello\n', stderr: '' });
  });

  test.skipIf(!has('go', 'version'))('Go', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'latchkey-go-'));
    try {
      writeFileSync(join(folder, 'call.go'), goSnippet(input()));
      expect((await run('go', ['run', 'call.go'], { cwd: folder })).stdout).toBe('200 hello\n');
      expect(seen).toEqual(expected());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** Reads an interpreted string literal of Go (its escapes: a b f n r t v \\ ' " x u U and octal). */
function readGo(literal: string): string {
  expect(literal).toMatch(/^"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|u(?!d[89a-f])[0-9a-f]{4}))*"$/i);
  return literal
    .slice(1, -1)
    .replace(/\\(u[0-9a-f]{4}|.)/gi, (_, code: string) =>
      code.startsWith('u')
        ? String.fromCharCode(Number.parseInt(code.slice(1), 16))
        : JSON.parse(`"\\${code}"`),
    );
}

test('every string in the Go snippet is a valid Go literal', () => {
  const text = 'it\'s "quoted" \\n `raw` é 😀 \u0000\u2028\ufeff %s\ttab';
  const code = goSnippet({
    ...keys,
    gatewayUrl: 'https://gw.example.com',
    example: { method: 'POST', path: '/a', headers: { 'X-Note': text }, body: `line\n${text}` },
  });

  // A byte order mark in the middle of a file does not compile.
  expect(code).not.toContain('\ufeff');
  expect(readGo(/Set\("X-Note", ([^\n]*)\)\n/.exec(code)![1]!)).toBe(text);
  expect(readGo(/NewReader\(([^\n]*)\)\)\n/.exec(code)![1]!)).toBe(`line\n${text}`);
  expect(code).toContain('\t"strings"\n');
  const get = goSnippet({
    ...keys,
    gatewayUrl: 'https://x',
    example: { method: 'GET', path: '/', headers: {}, body: null },
  });
  // An import that is not used does not compile.
  expect(get).not.toContain('strings');
  expect(get).toContain('http.NewRequest("GET", "https://x/", nil)');
});

test('the .env block names the gateway and both keys', () => {
  expect(
    dotEnv({ ...keys, gatewayUrl: 'https://gw.example.com' }, 'Storefront, Production').split('\n'),
  ).toEqual([
    '# Storefront, Production. Never commit this file to version control.',
    'LATCHKEY_GATEWAY_URL=https://gw.example.com',
    `LATCHKEY_SHARED_KEY=${keys.sharedKey}`,
    `LATCHKEY_SECRET_KEY=${keys.secretKey}`,
    '',
  ]);
});
