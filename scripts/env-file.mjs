import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Tests and benchmarks have their own environment, which a developer's `.env` must not change. */
const COMMANDS = ['start', 'dev', 'demo', 'catalog', 'plans'];

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\n]*)[ \t]*(?:#[^\n]*)?$/gm;

/** Loads the folder's `.env`, if there is one. Variables that are already set keep their value. */
export function loadEnvFile(folder, command) {
  const path = join(folder, '.env');
  if (!COMMANDS.includes(command) || !existsSync(path)) return;
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} can't be read: ${error.message}`);
  }
  // Node ignores lines that it doesn't understand. A setting that is silently missing is worse.
  const left = text.replace(ASSIGNMENT, (match) => match.replace(/[^\n]/g, '')).split('\n');
  const wrong = left.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (wrong >= 0) throw new Error(`${path} can't be used: line ${wrong + 1} is not NAME=value.`);
  process.loadEnvFile(path);
}
