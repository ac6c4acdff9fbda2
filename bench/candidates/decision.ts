import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { env } from '../../lib/env.ts';
import { admissionRefusal, isHolder } from '../../lib/gateway/admit.ts';
import { clientAddress } from '../../lib/gateway/client-address.ts';
import { readHeaders } from '../../lib/gateway/inbound.ts';
import type { DayAllowance, GatewayPorts, KnownCredential } from '../../lib/gateway/ports.ts';
import { present } from '../../lib/gateway/present.ts';
import { startGatewayRuntime } from '../../lib/gateway/runtime.ts';
import { readTarget } from '../../lib/gateway/target.ts';

/** Latchkey's decision alone, with the real cache, lease and quota: no usage line, no upstream. */

/** The status that the gateway's steps lead to: 200 where it would forward. */
async function decide(ports: GatewayPorts, request: IncomingMessage): Promise<200 | 401 | 403 | 429> {
  const headers = readHeaders(request.rawHeaders);
  const target = readTarget(request.url ?? '');
  const presented = present(headers);
  if (typeof presented === 'string') return 401;

  const found = ports.credentials.find(presented.keyId);
  const known: KnownCredential | null = found instanceof Promise ? await found : found;
  if (!isHolder(presented, known)) return 401;

  const clientIp = clientAddress(request.socket.remoteAddress ?? null, headers.forwardedFor, () => false);
  const route = target && ports.routes.match(target.api, request.method ?? '', target.path);
  const { origin, referer } = headers;
  if (admissionRefusal({ known, nowMs: ports.clock.nowMs(), clientIp, origin, referer, route })) return 403;
  if (!ports.burst.take(known).ok) return 429;

  const taken = ports.quota.take(known);
  const allowance: DayAllowance = taken instanceof Promise ? await taken : taken;
  return allowance.ok ? 200 : 429;
}

const runtime = await startGatewayRuntime('node');
const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  decide(runtime.ports, request).then(
    (status) => response.writeHead(status, { 'Content-Length': 0 }).end(),
    () => response.writeHead(503, { 'Content-Length': 0 }).end(),
  );
});
server.keepAliveTimeout = 65_000;
server.listen(env().GATEWAY_PORT, '127.0.0.1');
process.once('SIGTERM', () => runtime.stop().finally(() => process.exit(0)));
