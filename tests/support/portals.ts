import { env as settings } from '#lib/env.ts';
import { type OwnDatabase, ownDatabase } from './database.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from './processes.ts';

/**
 * Portal processes, built and in production mode, that share a database. `folders` has the build of each, where that isn't
 * the build of this folder.
 */
export async function startPortals(
  count: number,
  env: Record<string, string> = {},
  folders: readonly string[] = [],
) {
  const own: OwnDatabase = await ownDatabase();
  const folder = temporaryFolder();
  const running: Running[] = [];
  const origins: string[] = [];
  const launch = async (i: number) => {
    const port = new URL(origins[i]!).port;
    running[i] = start(
      ['node_modules/next/dist/bin/next', 'start', '-p', port],
      {
        DATABASE_URL: own.url,
        DATA_DIR: folder.path,
        PORT: port,
        PORTAL_URL: origins[i]!,
        // The portal's own gateway, not another process on this machine.
        GATEWAY_URL: `${origins[i]}/gateway`,
        // Links created in tests must be valid here.
        LATCHKEY_ENCRYPTION_KEY: settings().LATCHKEY_ENCRYPTION_KEY,
        LATCHKEY_ENV: 'development',
        NODE_ENV: 'production',
        ...env,
      },
      'low',
      folders[i],
    );
    await until(responds(`${origins[i]}/sign-in`), 'a portal');
  };
  for (let i = 0; i < count; i++) {
    // Each portal has its own URL here; behind a proxy they share one.
    origins.push(`http://localhost:${await freePort()}`);
    await launch(i);
  }
  return {
    ...own,
    origins,
    folder: folder.path,
    /** Stops one portal; `launch` starts it again with the same URL. */
    halt: (i: number) => running[i]!.stop(),
    launch,
    output: () => running.map((process) => process.output()).join('\n'),
    stop: async () => {
      await Promise.all(running.map((process) => process.stop()));
      await own.drop();
      folder.remove();
    },
  };
}

export type Portals = Awaited<ReturnType<typeof startPortals>>;
