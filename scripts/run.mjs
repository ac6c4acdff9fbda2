// Plain JavaScript for any Node on the machine: installs missing dependencies, then starts the Node 24 that is a
// dependency of the project.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEnvFile } from './env-file.mjs';

const NODE_MIN = [20, 20];
/** These prepare the project before they run. The others leave it as the running service uses it. */
const INSTALLING = ['start', 'dev', 'demo', 'test', 'verify', 'bench'];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = '', ...args] = process.argv.slice(2);
const node = join(root, 'node_modules', 'node', 'bin', 'node');

function fail(message) {
  console.error(message);
  process.exit(1);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_MIN[0] || (major === NODE_MIN[0] && minor < NODE_MIN[1]))
  fail(`Latchkey needs Node ${NODE_MIN.join('.')} or newer to start. This is Node ${process.versions.node}.`);
if (!existsSync(join(root, 'scripts', `${command}.ts`))) fail(`Unknown command: ${command}`);
try {
  loadEnvFile(root, command);
} catch (error) {
  fail(error.message);
}

const modified = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
const patches = readdirSync(join(root, 'patches')).map((name) => join(root, 'patches', name));
const wanted = Math.max(...[join(root, 'package-lock.json'), ...patches].map(modified));
const isInstalled = existsSync(node);
const isOutdated = modified(join(root, 'node_modules', '.package-lock.json')) + 1_000 < wanted;

if (!isInstalled || (isOutdated && INSTALLING.includes(command))) {
  const holder = isInstalled ? runningProcess() : null;
  if (holder)
    fail(
      `Dependencies have changed, but Latchkey is running here (process ${holder}). Stop it, then try again.`,
    );
  console.log('Installing dependencies (npm ci) …');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--include=dev'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (install.status !== 0)
    fail('npm ci failed; see the messages above. Latchkey needs npm 10 or newer and a package registry.');
}

/** The process that has locked the data folder, if it is running on this machine. */
function runningProcess() {
  try {
    const lock = join(resolve(root, process.env.DATA_DIR || '.data'), 'latchkey.lock');
    const { host, pid } = JSON.parse(readFileSync(lock, 'utf8'));
    if (host !== hostname()) return null;
    process.kill(pid, 0);
    return pid;
  } catch {
    return null; // There is no lock, or its process is gone.
  }
}

const child = spawn(node, [join(root, 'scripts', `${command}.ts`), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NEXT_TELEMETRY_DISABLED: '1',
    LATCHKEY_PARENT_PID: String(process.pid),
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`,
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
