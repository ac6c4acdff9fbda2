import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { GET } from './route.ts';

const folder = mkdtempSync(join(tmpdir(), 'latchkey-tgz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the package unpacks with tar, and the scanner in it runs and finds a key', async () => {
  const response = GET();
  expect(response.headers.get('content-type')).toBe('application/gzip');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(Buffer.from(await GET().arrayBuffer()).equals(bytes)).toBe(true);
  writeFileSync(join(folder, 'scan.tgz'), bytes);

  expect(spawnSync('tar', ['-xzf', 'scan.tgz'], { cwd: folder }).status).toBe(0);

  const unpacked = join(folder, 'package');
  for (const name of readdirSync(unpacked))
    expect(readFileSync(join(unpacked, name))).toEqual(readFileSync(join('scripts/scan-keys', name)));
  const input = mintKeyPair('production').secretKey;
  const scanned = spawnSync(process.execPath, [join(unpacked, 'cli.mjs'), '-'], { input, encoding: 'utf8' });
  expect(scanned).toMatchObject({ status: 1, stdout: expect.stringContaining('lk_sk_prod_…') });
});
