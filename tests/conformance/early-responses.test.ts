import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { log } from '#lib/process/log.ts';
import { hasNginx, startNginx } from '#tests/support/nginx.ts';
import { nodeGateway, pair, unlimitedBurst } from '#tests/support/node-gateway.ts';

/** Rejections that are sent while the client is still uploading must reach it, for every kind of client. */

const ROUNDS = 5;
const LIMIT = 6_000_000;
const BODY_BYTES = 5_000_000;
const BURST = { ...unlimitedBurst, ok: false, remaining: 0, retryAfterSeconds: 3 };

type Running = Awaited<ReturnType<typeof nodeGateway>>;
type Case = { url: string; key: string; bytes: number; status: number };

let cases: Record<string, Case>;
const running: Running[] = [];
const folder = mkdtempSync(join(tmpdir(), 'latchkey-early-'));
const file = (bytes: number) => join(folder, `body-${bytes}`);

beforeAll(async () => {
  chmodSync(folder, 0o711); // nginx buffers bodies below it, as another user.
  for (const bytes of [BODY_BYTES, 2 * LIMIT]) writeFileSync(file(bytes), Buffer.alloc(bytes, 'x'));
  const start = async (setup: Parameters<typeof nodeGateway>[0]) => {
    const one = await nodeGateway(setup);
    running.push(one);
    return one.url;
  };
  if (hasGo) buildGo();
  const plain = await start({});
  const unrecorded = () => Promise.reject(new Error('the disk is full'));
  const key = pair.secretKey;
  const wrong = mintKeyPair('production').secretKey;
  cases = {
    'a wrong key': { url: plain, key: wrong, bytes: BODY_BYTES, status: 401 },
    'a body over the limit': { url: plain, key, bytes: 2 * LIMIT, status: 413 },
    'the burst limit': {
      ...{ url: await start({ ports: { burst: { take: () => BURST } } }), key, bytes: BODY_BYTES },
      status: 429,
    },
    'a full disk': {
      ...{ url: await start({ ports: { usage: { intent: unrecorded } } }), key, bytes: BODY_BYTES },
      status: 503,
    },
  };
  const draining = await nodeGateway({});
  running.push(draining);
  draining.connections.closing = true;
  cases['a stopping gateway'] = { url: draining.url, key: wrong, bytes: BODY_BYTES, status: 401 };
});

afterAll(async () => {
  for (const one of running) await one.stop();
  rmSync(folder, { recursive: true, force: true });
});

const NAMES = [
  'a wrong key',
  'a body over the limit',
  'the burst limit',
  'a full disk',
  'a stopping gateway',
];
const run = (command: string, args: string[]) =>
  new Promise<string>((resolve) => {
    execFile(command, args, { timeout: 20_000 }, (_error, out, err) => resolve(`${out}${err}`));
  });

const curl = ({ url, key, bytes }: Case, chunked: boolean) =>
  run('curl', [
    ...['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', `X-API-Key: ${key}`, '-H', 'Expect:'],
    ...(chunked ? ['-H', 'Transfer-Encoding: chunked'] : []),
    ...['-X', 'POST', '--data-binary', `@${file(bytes)}`, `${url}/api/x`],
  ]);

/** With `Expect: 100-continue`, as curl sends it by default for large bodies. */
const curlExpecting = ({ url, key, bytes }: Case) =>
  run('curl', [
    ...['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', `X-API-Key: ${key}`],
    ...['-H', 'Expect: 100-continue', '-X', 'POST', '--data-binary', `@${file(bytes)}`, `${url}/api/x`],
  ]);

const PYTHON = `
import http.client, sys
host, key, path, chunked = sys.argv[1:5]
body = open(path, 'rb').read()
connection = http.client.HTTPConnection(host, timeout=15)
headers = {'X-API-Key': key}
if chunked == 'chunked':
    parts = (body[i:i + 65536] for i in range(0, len(body), 65536))
    connection.request('POST', '/api/x', parts, headers, encode_chunked=True)
else:
    connection.request('POST', '/api/x', body, headers)
response = connection.getresponse()
response.read()
print(response.status, end='')
`;
const python = ({ url, key, bytes }: Case, chunked: boolean) =>
  run('python3', ['-c', PYTHON, new URL(url).host, key, file(bytes), chunked ? 'chunked' : 'length']);

const GO = `package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	file, _ := os.Open(os.Args[3])
	info, _ := file.Stat()
	request, _ := http.NewRequest("POST", os.Args[1]+"/api/x", io.MultiReader(file))
	if os.Args[4] == "length" {
		request.ContentLength = info.Size()
	}
	request.Header.Set("X-API-Key", os.Args[2])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		fmt.Print(err)
		return
	}
	io.Copy(io.Discard, response.Body)
	fmt.Print(response.StatusCode)
}
`;
const hasGo = spawnSync('go', ['version']).status === 0;
const goProgram = join(folder, 'client');
const go = ({ url, key, bytes }: Case, chunked: boolean) =>
  run(goProgram, [url, key, file(bytes), chunked ? 'chunked' : 'length']);

function buildGo(): void {
  writeFileSync(`${goProgram}.go`, GO);
  const env = { ...process.env, GOCACHE: join(folder, 'go'), GOFLAGS: '-mod=mod', GO111MODULE: 'off' };
  const built = spawnSync('go', ['build', '-o', goProgram, `${goProgram}.go`], { env, encoding: 'utf8' });
  expect(built.stderr).toBe('');
}

async function nodeFetch({ url, key, bytes }: Case, chunked: boolean): Promise<string> {
  const init: RequestInit & { duplex?: string } = { method: 'POST', headers: { 'X-API-Key': key } };
  init.body = chunked
    ? (createReadStream(file(bytes)) as unknown as ReadableStream) // undici takes Node's streams, too.
    : Buffer.alloc(bytes, 'x');
  init.duplex = 'half';
  try {
    const response = await fetch(`${url}/api/x`, init);
    await response.text();
    return String(response.status);
  } catch (error) {
    return String((error as Error).cause);
  }
}

/** Writes the whole body before it reads anything. */
function rawSocket({ url, key, bytes }: Case, chunked: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.pause();
    const framing = chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${bytes}`;
    socket.write(`POST /api/x HTTP/1.1\r\nHost: g\r\nX-API-Key: ${key}\r\n${framing}\r\n\r\n`);
    const body = Buffer.alloc(bytes, 'x');
    const end = chunked ? '\r\n0\r\n\r\n' : '';
    if (chunked) socket.write(`${bytes.toString(16)}\r\n`);
    socket.write(body);
    socket.write(end, () => socket.resume());
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', (error) => resolve(String(error)));
    socket.on('close', () => resolve(text.split(' ')[1] ?? 'nothing'));
    setTimeout(() => socket.destroy(), 15_000).unref();
  });
}

const clients = { curl, python, go, 'node fetch': nodeFetch, 'a raw socket': rawSocket };

describe.each(Object.entries(clients))('%s', (client, send) => {
  test
    .skipIf(client === 'go' && !hasGo)
    .each(NAMES.flatMap((name) => [false, true].map((chunked) => [name, chunked] as const)))(
    'receives the rejection for %s (chunked: %s)',
    async (name, chunked) => {
      vi.spyOn(log, 'error').mockImplementation(() => {});
      const one = cases[name]!;
      const statuses = [];
      for (let i = 0; i < ROUNDS; i++) statuses.push(await send(one, chunked));
      expect(statuses).toEqual(Array(ROUNDS).fill(String(one.status)));
    },
    60_000,
  );
});

test('a client that waits for 100 Continue is rejected without it, and can upload with it', async () => {
  const one = cases['a wrong key']!;
  expect(await curlExpecting(one)).toBe('401');
  expect(await curlExpecting({ ...one, key: pair.secretKey })).toBe('200');
});

test.skipIf(!hasNginx).each(['on', 'off'] as const)(
  'nginx in front passes rejections on (request buffering %s)',
  async (buffering) => {
    vi.spyOn(log, 'error').mockImplementation(() => {});
    for (const name of NAMES) {
      const one = cases[name]!;
      const nginx = await startNginx([one.url], folder, { buffering });
      try {
        const statuses = [];
        for (let i = 0; i < ROUNDS; i++) statuses.push(await curl({ ...one, url: nginx.url }, i % 2 === 1));
        expect(statuses, name).toEqual(Array(ROUNDS).fill(String(one.status)));
      } finally {
        nginx.stop();
      }
    }
  },
  120_000,
);
