import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { archive } from './archive.ts';

export const dynamic = 'force-dynamic';

let packed: Buffer | undefined;

/** The scanner as a package: `npx https://<portal>/latchkey-scan.tgz` runs it anywhere, without a registry. */
export function GET(): Response {
  packed ??= pack(join(process.cwd(), 'scripts', 'scan-keys'));
  return new Response(new Uint8Array(packed), {
    headers: { 'Content-Type': 'application/gzip', 'Cache-Control': 'public, max-age=3600' },
  });
}

function pack(folder: string): Buffer {
  const names = readdirSync(folder).filter((name) => name === 'package.json' || name.endsWith('.mjs'));
  return archive(
    names.sort().map((name) => ({
      name: `package/${name}`,
      content: readFileSync(join(folder, name)),
      executable: name === 'cli.mjs',
    })),
  );
}
