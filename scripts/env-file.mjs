import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Checks and measurements bring an environment of their own, which a developer's `.env` must not change. */
const COMMANDS = ['start', 'dev', 'demo', 'catalog', 'plans'];

const ASSIGNMENT =
  /^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=[ \t]*(?:"[^"]*"|'[^']*'|`[^`]*`|[^\n]*)[ \t]*(?:#[^\n]*)?$/gm;

/** Takes what stands in the folder's `.env`, if there is one, into the environment; what is set already stays. */
export function loadEnvFile(folder, command) {
  const path = join(folder, '.env');
  if (!COMMANDS.includes(command) || !existsSync(path)) return;
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} can't be read: ${error.message}`);
  }
  // Node passes over what it does not understand; a setting that is missing without a word is worse.
  const left = text.replace(ASSIGNMENT, (match) => match.replace(/[^\n]/g, '')).split('\n');
  const wrong = left.findIndex((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (wrong >= 0) throw new Error(`${path} can't be used: line ${wrong + 1} is not NAME=value.`);
  process.loadEnvFile(path);
}
