import cluster from 'node:cluster';
import { once } from 'node:events';
import { env, InvalidEnvironment } from '#lib/env.ts';
import { createGateway } from '#lib/gateway/handle.ts';
import { createNodeServer } from '#lib/gateway/node-mount.ts';
import { gatewayOptions, startGatewayRuntime } from '#lib/gateway/runtime.ts';

/** Calls under way get this long to finish after SIGTERM. */
const DRAIN_MS = 25_000;

async function serve(): Promise<void> {
  const runtime = await startGatewayRuntime('node');
  const gateway = createGateway(runtime.ports, gatewayOptions('node'));
  let stopping = false;
  const server = createNodeServer(gateway, () => {
    const health = runtime.health();
    return { ...health, ready: health.ready && !stopping };
  });
  server.listen(env().GATEWAY_PORT);
  await once(server, 'listening');

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
    server.closeAllConnections();
    await Promise.race([gateway.close(), new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
    await runtime.stop();
    process.exit(0);
  };
  // For good: a service manager tells the supervisor and its children, and the supervisor tells them again.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  const address = server.address();
  console.log(
    `Gateway listens on port ${address && typeof address === 'object' ? address.port : env().GATEWAY_PORT}`,
  );
}

function superviseWorkers(): void {
  for (let i = 0; i < env().GATEWAY_WORKERS; i++) cluster.fork();
  let stopping = false;
  cluster.on('exit', () => {
    if (!stopping) setTimeout(() => cluster.fork(), 1_000);
    else if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping = true;
      for (const worker of Object.values(cluster.workers ?? {})) worker?.kill('SIGTERM');
    });
  }
}

try {
  if (cluster.isPrimary && env().GATEWAY_WORKERS > 1) superviseWorkers();
  else await serve();
} catch (error) {
  console.error(error instanceof InvalidEnvironment ? error.message : error);
  process.exit(1);
}
