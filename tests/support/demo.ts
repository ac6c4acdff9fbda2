import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort, start, temporaryFolder, until } from './processes.ts';

const Account = z.object({ email: z.string(), password: z.string() });
const Keys = z.object({ sharedKey: z.string(), secretKey: z.string() });
/** `DATA_DIR/demo.json` as far as the tests read it. */
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

/** What `npm run demo` starts, in a folder and on ports of its own; `env` is set beside. */
export async function startDemo(env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const [portal, gateway, sample] = [await freePort(), await freePort(), await freePort()];
  const running = start(['scripts/demo.ts'], {
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
    output: running.output,
    stop: async () => {
      await running.stop();
      folder.remove();
    },
  };
}

export type Demo = Awaited<ReturnType<typeof startDemo>>;
