import { env } from '../../lib/env.ts';
import { createGateway } from '../../lib/gateway/handle.ts';
import { createNodeServer } from '../../lib/gateway/node-mount.ts';
import type { Burst, DayAllowance, GatewayPorts } from '../../lib/gateway/ports.ts';
import { gatewayOptions, startGatewayRuntime } from '../../lib/gateway/runtime.ts';

/** The gateway with the same core, mount, cache and lease, and without limits and usage: what is counted and recorded costs the rest. */
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

const runtime = await startGatewayRuntime('node');
const ports: GatewayPorts = {
  ...runtime.ports,
  burst: { take: () => BURST },
  quota: { take: () => ROOM, giveBack: () => {} },
  usage: { intent: () => DONE, complete: () => DONE, refuse: () => DONE },
};
const gateway = createGateway(ports, gatewayOptions('node'));
createNodeServer(gateway, runtime.health).listen(env().GATEWAY_PORT, '127.0.0.1');
process.once('SIGTERM', () => runtime.stop().finally(() => process.exit(0)));
