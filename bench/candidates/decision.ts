import { createServer, type IncomingMessage } from 'node:http';
import { databaseUrl } from '../../db/client.ts';
import { env } from '../../lib/env.ts';
import { type Decision, decide } from '../../lib/gateway/decide.ts';
import { requestId } from '../../lib/gateway/request-id.ts';
import { startGatewayRuntime } from '../../lib/gateway/runtime.ts';
import { gatewayOptions, runtimeOptions } from '../../lib/gateway/settings.ts';
import { REASONS } from '../../lib/refusals/reasons.ts';

/** Latchkey's decision alone, with the real cache, lease and quota: no usage line, no upstream. */

const runtime = await startGatewayRuntime(runtimeOptions('node', env(), databaseUrl()));
const context = {
  ports: runtime.ports,
  options: gatewayOptions('node', env()),
  isTrustedProxy: () => false,
};

function decideOn(request: IncomingMessage): Decision | Promise<Decision> {
  const atMs = runtime.ports.clock.nowMs();
  const inbound = {
    method: request.method ?? '',
    target: request.url ?? '',
    rawHeaders: request.rawHeaders,
    remoteAddress: request.socket.remoteAddress ?? null,
  };
  return decide(context, { id: requestId(atMs), atMs, inbound, hasBody: false });
}

const server = createServer(async (request, response) => {
  const decision = await decideOn(request);
  const refused = decision.admitted || 'preflight' in decision ? null : decision.reason;
  const status = refused ? REASONS[refused].status : 200;
  response.writeHead(status, { 'Content-Length': 0 }).end();
});
server.keepAliveTimeout = 65_000;
server.listen(env().GATEWAY_PORT, '127.0.0.1');
process.once('SIGTERM', () => runtime.stop().finally(() => process.exit(0)));
