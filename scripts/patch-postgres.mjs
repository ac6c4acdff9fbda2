// Mends a defect of postgres.js 3.4.9: a statement on a connection that has just closed (the ROLLBACK of a transaction
// whose database went away) throws outside of any promise and ends the process. See porsager/postgres issues 1154 and
// 1208. Runs after every install; plain JavaScript, because it runs before anything else is there.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MENDED = 'if (socket === null) {';
const REPLACEMENTS = [
  [
    '  function nextWrite(fn) {\n    const x = socket.write(chunk, fn)\n',
    `  function nextWrite(fn) {
    ${MENDED}
      nextWriteTimer !== null && clearImmediate(nextWriteTimer)
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options))
      return false
    }
    const x = socket.write(chunk, fn)
`,
  ],
  [
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n',
    '    incomings = null\n    clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n',
  ],
  [
    // A statement given between the socket's 'error' and its 'close' would wait for ever.
    '    !hadError && (query || sent.length) && error(',
    '    ;(query || sent.length) && error(',
  ],
];

/** Mends the installed driver, once. Throws when it is not the version that the mending was made for. */
export function patchPostgres() {
  for (const variant of ['src', join('cjs', 'src')]) {
    const file = join(root, 'node_modules', 'postgres', variant, 'connection.js');
    if (!existsSync(file)) continue;
    let text = readFileSync(file, 'utf8');
    if (text.includes(MENDED)) continue;
    for (const [before, after] of REPLACEMENTS) {
      if (text.split(before).length !== 2)
        throw new Error(`${file} is not what scripts/patch-postgres.mjs was made for: see there.`);
      text = text.replace(before, () => after);
    }
    writeFileSync(file, text);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) patchPostgres();
