import { type OwnDatabase, ownDatabase } from './database.ts';
import { type GatewayFixture, gatewayFixture } from './gateway-fixture.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from './processes.ts';
import { stubUpstream } from './stub-upstream.ts';

export type Upstream = Awaited<ReturnType<typeof stubUpstream>>;

/** A gateway process that can be restarted on the same port. */
export type GatewayProcess = { port: number; origin: string; running: Running; restart: () => Promise<void> };

/** What a gateway's environment can depend on. */
type Place = { index: number; databaseUrl: string };

/** Gateway processes with a stub upstream that share a database and a data folder, with the fixture's keys. */
export async function startGateways(
  count: number,
  envOf: (place: Place) => Record<string, string> | Promise<Record<string, string>> = () => ({}),
  args: (index: number) => string[] = () => ['gateway.ts'],
) {
  const own: OwnDatabase = await ownDatabase();
  const folder = temporaryFolder();
  const upstream: Upstream = await stubUpstream();
  const keys: GatewayFixture = await gatewayFixture(own.db, {
    stub: upstream.url,
    raw: upstream.rawUrl,
    closed: upstream.rawUrl,
  });
  const gateways: GatewayProcess[] = [];
  for (let index = 0; index < count; index++) {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const env = {
      DATABASE_URL: own.url,
      DATA_DIR: folder.path,
      GATEWAY_PORT: String(port),
      ...(await envOf({ index, databaseUrl: own.url })),
    };
    const begin = () => start(args(index), env);
    const gateway: GatewayProcess = {
      port,
      origin,
      running: begin(),
      restart: async () => {
        gateway.running = begin();
        await until(responds(`${origin}/_/readyz`), 'the gateway');
      },
    };
    gateways.push(gateway);
  }
  for (const { origin } of gateways) await until(responds(`${origin}/_/readyz`), 'the gateway');
  return {
    own,
    folder: folder.path,
    upstream,
    keys,
    gateways,
    stop: async () => {
      for (const { running } of gateways) running.child.kill('SIGCONT');
      await Promise.all(gateways.map(({ running }) => running.stop()));
      await upstream.stop();
      await own.drop();
      folder.remove();
    },
  };
}

export type Gateways = Awaited<ReturnType<typeof startGateways>>;
