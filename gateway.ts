import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseUrl } from '#db/client.ts';
import { type Env, env, InvalidEnvironment } from '#lib/env.ts';
import { createGateway } from '#lib/gateway/create-gateway.ts';
import { drainServer } from '#lib/gateway/drain.ts';
import { createNodeServer } from '#lib/gateway/node-mount.ts';
import { startGatewayRuntime } from '#lib/gateway/runtime.ts';
import { gatewayOptions, nodeMountOptions, runtimeOptions } from '#lib/gateway/settings.ts';
import { log } from '#lib/process/log.ts';

const CLOSE_UPSTREAMS_MS = 1_000;
/** A worker that crashes is restarted after 1 s; one that crashes again and again waits up to a minute. */
const RESTART_MS = 1_000;
const RESTART_MS_MAX = 60_000;
/** A worker that has run this long has started well. */
const STABLE_MS = 60_000;

async function serve(settings: Env): Promise<void> {
  const runtime = await startGatewayRuntime(runtimeOptions('node', settings, databaseUrl()));
  const gateway = createGateway(runtime.ports, gatewayOptions('node', settings));
  let draining = false;
  const health = () => {
    const { ready, detail, metrics } = runtime.health();
    return { ready: ready && !draining, detail: { ...detail, draining }, metrics };
  };
  const { server, connections } = createNodeServer(gateway, health, nodeMountOptions(settings));
  server.listen(settings.GATEWAY_PORT);
  await once(server, 'listening');

  const stop = async () => {
    if (draining) return;
    draining = true;
    log.info({ drainSeconds: settings.DRAIN_SECONDS }, 'Gateway stopping');
    await drainServer(server, connections, settings.DRAIN_SECONDS * 1_000);
    await Promise.race([gateway.close(), sleep(CLOSE_UPSTREAMS_MS, undefined, { ref: false })]);
    await runtime.stop();
    process.exit(0);
  };
  // The handler stays: a service manager signals the supervisor and its children, and the supervisor signals them again.
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => {
      stop().catch((err: unknown) => {
        log.error({ err }, 'Stopping the gateway failed');
        process.exit(1);
      });
    });

  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : settings.GATEWAY_PORT;
  console.log(`Gateway listening on port ${port}`);
}

function superviseWorkers(count: number): void {
  let stopping = false;
  let crashes = 0;
  const fork = () => {
    const startedAt = performance.now();
    const worker = cluster.fork();
    worker.once('exit', (code, signal) => {
      if (stopping) {
        if (Object.keys(cluster.workers ?? {}).length === 0) process.exit(0);
        return;
      }
      crashes = performance.now() - startedAt > STABLE_MS ? 1 : crashes + 1;
      const restartMs = Math.min(RESTART_MS * 2 ** (crashes - 1), RESTART_MS_MAX);
      log.error(
        { workerPid: worker.process.pid, code, signal, crashes, restartMs },
        'A gateway worker exited',
      );
      setTimeout(fork, restartMs);
    });
  };
  for (let i = 0; i < count; i++) fork();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping = true;
      const workers = Object.values(cluster.workers ?? {});
      if (workers.length === 0) process.exit(0);
      for (const worker of workers) worker?.kill('SIGTERM');
    });
  }
}

try {
  const settings = env();
  if (cluster.isPrimary && settings.GATEWAY_WORKERS > 1) superviseWorkers(settings.GATEWAY_WORKERS);
  else await serve(settings);
} catch (error) {
  if (error instanceof InvalidEnvironment) console.error(error.message);
  else log.fatal({ err: error }, 'The gateway could not start');
  process.exit(1);
}
