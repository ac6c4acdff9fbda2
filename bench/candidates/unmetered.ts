import { databaseUrl } from '../../db/client.ts';
import { env } from '../../lib/env.ts';
import { createGateway } from '../../lib/gateway/create-gateway.ts';
import { createNodeServer } from '../../lib/gateway/node-mount.ts';
import type { Burst, DayAllowance, GatewayPorts } from '../../lib/gateway/ports.ts';
import { startGatewayRuntime } from '../../lib/gateway/runtime.ts';
import { gatewayOptions, nodeMountOptions, runtimeOptions } from '../../lib/gateway/settings.ts';

/** The same core, mount, cache and lease without limits and usage lines. The difference is what metering costs. */
const DONE = Promise.resolve();
const ROOM: DayAllowance = {
  ok: true,
  limit: 1_000_000,
  remaining: 1_000_000,
  resetSeconds: 1,
  day: '2026-01-01',
};
const BURST: Burst = {
  ...{ ok: true, requests: 1_000_000, windowSeconds: 1, remaining: 1_000_000 },
  ...{ resetSeconds: 0, retryAfterSeconds: 0 },
};

const runtime = await startGatewayRuntime(runtimeOptions('node', env(), databaseUrl()));
const ports: GatewayPorts = {
  ...runtime.ports,
  burst: { take: () => BURST },
  quota: { take: () => ROOM, giveBack: () => {} },
  usage: { intent: () => DONE, complete: () => DONE, refuse: () => DONE },
};
const gateway = createGateway(ports, gatewayOptions('node', env()));
const { server } = createNodeServer(gateway, runtime.health, nodeMountOptions(env()));
server.listen(env().GATEWAY_PORT, '127.0.0.1');
process.once('SIGTERM', () => runtime.stop().finally(() => process.exit(0)));
