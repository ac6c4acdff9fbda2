import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, databaseUrl } from '#db/client.ts';
import { refuseNewer, schemaState } from '#db/schema-state.ts';
import { type Env, env } from '#lib/env.ts';
import { createGateway } from '#lib/gateway/create-gateway.ts';
import { drainServer } from '#lib/gateway/drain.ts';
import { createNodeServer } from '#lib/gateway/node-mount.ts';
import { startGatewayRuntime } from '#lib/gateway/runtime.ts';
import { gatewayOptions, nodeMountOptions, runtimeOptions } from '#lib/gateway/settings.ts';
import { logCrashes } from '#lib/process/crash.ts';
import { explainError } from '#lib/process/describe-error.ts';
import { log } from '#lib/process/log.ts';
import { followRestarts, superviseWorkers } from '#lib/process/workers.ts';

const CLOSE_UPSTREAMS_MS = 1_000;

async function serve(settings: Env): Promise<void> {
  const runtime = await startGatewayRuntime(runtimeOptions('node', settings, databaseUrl()));
  const gateway = createGateway(runtime.ports, gatewayOptions('node', settings));
  let draining = false;
  const health = () => {
    const { ready, detail, metrics } = runtime.health();
    return { ready: ready && !draining, detail: { ...detail, draining }, metrics };
  };
  const { server, connections } = createNodeServer(gateway, health, nodeMountOptions(settings));
  server.listen(settings.GATEWAY_PORT, settings.GATEWAY_HOST);
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
  log.info({ port }, `Gateway listening on port ${port}`);
}

/** This version would write rows that a newer one can't use. */
async function refuseNewerSchema(): Promise<void> {
  const { sql } = connect(databaseUrl(), { max: 1 });
  try {
    refuseNewer(await schemaState(sql));
  } finally {
    await sql.end({ timeout: 1 });
  }
}

logCrashes();
try {
  const settings = env();
  if (cluster.isPrimary && settings.GATEWAY_WORKERS > 1) superviseWorkers(settings.GATEWAY_WORKERS);
  else {
    followRestarts();
    await refuseNewerSchema();
    await serve(settings);
  }
} catch (err) {
  log.fatal({ err }, `The gateway can't start: ${explainError(err)}`);
  process.exit(1);
}
