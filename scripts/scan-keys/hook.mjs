import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MARK = '# latchkey-scan: refuses commits that add a secret key';
const KEPT = 'pre-commit.before-latchkey-scan';

const hookText = (node) => `#!/bin/sh
${MARK}
kept="$(dirname "$0")/${KEPT}"
if [ -x "$kept" ]; then "$kept" "$@" || exit $?; fi
node=$(command -v node || echo '${node.replaceAll("'", `'\\''`)}')
exec "$node" "$(git rev-parse --git-common-dir)/latchkey-scan/cli.mjs" --staged
`;

/**
 * Installs the pre-commit hook in a repository. Copies the scanner into it, so the hook needs neither the network nor
 * this folder. An existing hook still runs, before ours. Returns the path of the hook.
 */
export function installHook(root) {
  const common = resolve(root, git(root, ['rev-parse', '--git-common-dir']));
  const hooks = resolve(root, git(root, ['rev-parse', '--git-path', 'hooks']));
  const copies = join(common, 'latchkey-scan');
  mkdirSync(copies, { recursive: true });
  mkdirSync(hooks, { recursive: true });
  const source = dirname(fileURLToPath(import.meta.url));
  for (const name of readdirSync(source).filter((name) => /\.mjs$|^package\.json$/.test(name)))
    if (resolve(source) !== copies) copyFileSync(join(source, name), join(copies, name));

  const hook = join(hooks, 'pre-commit');
  const isForeign = existsSync(hook) && !readFileSync(hook, 'utf8').includes(MARK);
  if (isForeign) {
    if (existsSync(join(hooks, KEPT)))
      throw new Error(`${join(hooks, KEPT)} already exists. Move it, then try again.`);
    renameSync(hook, join(hooks, KEPT));
  }
  writeFileSync(hook, hookText(process.execPath));
  chmodSync(hook, 0o755);
  return { hook, kept: existsSync(join(hooks, KEPT)) };
}

function git(root, args) {
  const { status, stdout, stderr, error } = spawnSync('git', ['-C', root, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(error?.message ?? stderr.trim());
  return stdout.trim();
}
