import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { type GatewayFixture, gatewayFixture } from '#tests/support/gateway-fixture.ts';
import { answers, freePort, type Running, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { stubUpstream } from '#tests/support/stub-upstream.ts';

/** What is larger than memory passes through both ways at the pace of the slower side. */

const MIB = 1024 * 1024;
const GROWTH_MAX = 64 * MIB;

let own: OwnDatabase;
let upstream: Awaited<ReturnType<typeof stubUpstream>>;
let keys: GatewayFixture;
let gateway: Running;
let port: number;
const folder = temporaryFolder();

beforeAll(async () => {
  own = await ownDatabase();
  upstream = await stubUpstream();
  keys = await gatewayFixture(own.db, { stub: upstream.url, raw: upstream.rawUrl, closed: upstream.rawUrl });
  port = await freePort();
  gateway = start(['gateway.ts'], {
    DATABASE_URL: own.url,
    DATA_DIR: folder.path,
    GATEWAY_PORT: String(port),
    GATEWAY_BODY_LIMIT_BYTES: String(1024 * MIB),
  });
  await until(answers(`http://127.0.0.1:${port}/_/readyz`), 'the gateway');
  await answer('GET', '/stub/large?mib=20').then(drain);
});

afterAll(async () => {
  await gateway?.stop();
  await upstream?.stop();
  await own?.drop();
  folder.remove();
});

/** Highest resident memory so far, in bytes (proc_pid_status(5)). */
function peakBytes(): number {
  const status = readFileSync(`/proc/${gateway.child.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

function answer(method: string, path: string, body?: (send: NodeJS.WritableStream) => void) {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'X-API-Key': keys.good.secretKey };
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers }, resolve);
    request.on('error', reject);
    if (body) body(request);
    else request.end();
  });
}

async function drain(response: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return bytes;
}

test.runIf(process.platform === 'linux')('400 MiB to a client that reads slowly', async () => {
  const before = peakBytes();
  const response = await answer('GET', '/stub/large?mib=400');
  let bytes = 0;
  for await (const chunk of response) {
    const read = bytes + (chunk as Buffer).length;
    // Stands still for a while now and again: whatever is not held back upstream piles up in the gateway.
    if (Math.floor(read / (40 * MIB)) > Math.floor(bytes / (40 * MIB))) await wait(150);
    bytes = read;
  }
  expect(bytes).toBe(400 * MIB);
  expect(peakBytes() - before).toBeLessThan(GROWTH_MAX);
});

test.runIf(process.platform === 'linux')('300 MiB from a client, in chunks', async () => {
  const before = peakBytes();
  const piece = Buffer.alloc(MIB, 'y');
  const response = await answer('POST', '/stub/echo', async (send) => {
    for (let i = 0; i < 300; i++) if (!send.write(piece)) await new Promise((go) => send.once('drain', go));
    send.end();
  });
  expect([response.statusCode, await drain(response)]).toEqual([200, 11]);
  expect(upstream.seen.at(-1)?.bodyBytes).toBe(300 * MIB);
  expect(peakBytes() - before).toBeLessThan(GROWTH_MAX);
});
