import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { z } from 'zod';
import { keepAsTemplate, type OwnDatabase, ownDatabase } from './database.ts';
import { freePort, start, temporaryFolder, until } from './processes.ts';

const Account = z.object({ email: z.string(), password: z.string() });
const Keys = z.object({ sharedKey: z.string(), secretKey: z.string() });
/** The parts of `DATA_DIR/demo.json` that tests read. */
const DemoFile = z.object({
  portalUrl: z.string(),
  gatewayUrl: z.string(),
  owner: Account,
  admin: Account,
  member: Account,
  operator: Account,
  team: z.object({ slug: z.string(), apiId: z.string() }),
  credential: Keys,
  memberCredential: Keys,
  sampleCall: z.object({ method: z.string(), path: z.string() }),
});

/**
 * `npm run demo` with its own database, folder and ports; `env` is added. The demo data is generated once per run;
 * later demos start from a copy.
 */
export async function startDemo(env: Record<string, string> = {}) {
  await seedOnce();
  return launchDemo(await ownDatabase(TEMPLATE), inject('demoFolder'), env);
}

/** `npm run demo` in an empty folder, with the embedded database. */
export const startFirstDemo = () => launchDemo(null, null, {});

const TEMPLATE = 'template_demo';

async function seedOnce(): Promise<void> {
  const folder = inject('demoFolder');
  const isReady = () => existsSync(join(folder, 'demo.json'));
  try {
    mkdirSync(`${folder}.lock`);
  } catch {
    return until(isReady, 'another file to write the demo data', 240_000);
  }
  const own = await ownDatabase();
  const first = await launchDemo(own, null, {});
  await first.end();
  await keepAsTemplate(own, TEMPLATE);
  cpSync(first.folder, `${folder}.new`, { recursive: true });
  renameSync(`${folder}.new`, folder);
  rmSync(first.folder, { recursive: true, force: true });
}

async function launchDemo(own: OwnDatabase | null, seeded: string | null, env: Record<string, string>) {
  const folder = temporaryFolder();
  if (seeded) cpSync(seeded, folder.path, { recursive: true });
  const [portal, gateway, sample] = [await freePort(), await freePort(), await freePort()];
  const running = start(['scripts/demo.ts'], {
    ...(own && { DATABASE_URL: own.url }),
    DATA_DIR: folder.path,
    PORT: String(portal),
    GATEWAY_PORT: String(gateway),
    SAMPLE_PORT: String(sample),
    PORTAL_URL: `http://localhost:${portal}`,
    GATEWAY_URL: `http://localhost:${gateway}`,
    ...env,
  });
  await until(
    () => {
      if (running.child.exitCode !== null) throw new Error(running.output());
      return running.output().includes('Latchkey is ready');
    },
    'the demo',
    240_000,
  ).catch((error) => {
    throw new Error(`${error.message}\n${running.output()}`);
  });
  const demo = DemoFile.parse(JSON.parse(readFileSync(join(folder.path, 'demo.json'), 'utf8')));
  return {
    ...demo,
    folder: folder.path,
    output: running.output,
    /** Ends the processes and keeps their output. */
    end: () => running.stop(),
    stop: async () => {
      await running.stop();
      await own?.drop();
      folder.remove();
    },
  };
}

export type Demo = Awaited<ReturnType<typeof launchDemo>>;
