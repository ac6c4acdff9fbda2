import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayFixture } from '#tests/support/gateway-fixture.ts';
import { type Gateways, startGateways, type Upstream } from '#tests/support/gateways.ts';

/** Bodies larger than memory stream through both ways at the pace of the slower side. */

const MIB = 1024 * 1024;
const GROWTH_MAX = 64 * MIB;

let running: Gateways;
let upstream: Upstream;
let keys: GatewayFixture;
let port: number;

beforeAll(async () => {
  running = await startGateways(1, () => ({ GATEWAY_BODY_LIMIT_BYTES: String(1024 * MIB) }));
  ({ upstream, keys } = running);
  port = running.gateways[0]!.port;
  await answer('GET', '/stub/large?mib=20').then(drain);
});

afterAll(() => running?.stop());

/** Highest resident memory so far, in bytes (proc_pid_status(5)). */
function peakBytes(): number {
  const status = readFileSync(`/proc/${running.gateways[0]!.running.child.pid}/status`, 'utf8');
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
    // Pauses now and then: without back-pressure, the response would pile up in the gateway.
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
