// Plain JavaScript for whatever Node the machine has: installs what is missing, then hands over to the Node 24
// that comes with the project.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEnvFile } from './env-file.mjs';
import { patchPostgres } from './patch-postgres.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const node = join(root, 'node_modules', 'node', 'bin', 'node');
try {
  loadEnvFile(root, command);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);

const installed = join(root, 'node_modules', '.package-lock.json');
if (!existsSync(node) || modified(installed) + 1_000 < modified(join(root, 'package-lock.json'))) {
  console.log('Installing dependencies (npm ci) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (install.status !== 0) {
    console.error('npm ci failed: see above. Latchkey needs npm 10 or newer and a package registry.');
    process.exit(1);
  }
}

patchPostgres();

const child = spawn(node, [join(root, 'scripts', `${command}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
