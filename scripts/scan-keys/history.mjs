import { spawn } from 'node:child_process';
import { findKeys } from './recognize.mjs';

/** Makes the output independent of the user's git configuration. */
const PLAIN = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--unified=0',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];
const LOG = ['log', '-p', '--all', '--cc', '--root', ...PLAIN, '--format=%x00%H%x09%as%x09%an%n%B'];
const STAGED = ['diff', '--cached', '--diff-filter=d', ...PLAIN];

/** Reports the keys that any commit of any branch, tag or stash added or has in its message. Returns the bytes read. */
export const scanHistory = (root, onKey) => scanDiff(root, LOG, onKey);

/** Reports the keys that the next commit adds. */
export const scanStaged = (root, onKey) => scanDiff(root, STAGED, onKey);

async function scanDiff(root, args, onKey) {
  const git = spawn(
    'git',
    ['-C', root, '-c', 'core.quotePath=false', '-c', 'log.showSignature=false', ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errorText = '';
  git.stderr.on('data', (data) => {
    errorText = (errorText + data).slice(-2_000);
  });
  const ended = new Promise((resolve, reject) => {
    git.on('error', reject);
    git.on('close', resolve);
  });
  ended.catch(() => {}); // Thrown by the `await` after the last line.
  const reader = createReader(onKey);
  let bytes = 0;
  // The parts of a line whose end hasn't arrived: joined once, so a long line takes linear time.
  let parts = [];
  // Latin-1 keeps every byte: keys are ASCII, and names are decoded when they are shown.
  git.stdout.setEncoding('latin1');
  for await (const data of git.stdout) {
    bytes += data.length;
    let from = 0;
    for (let end = data.indexOf('\n'); end >= 0; end = data.indexOf('\n', from)) {
      parts.push(data.slice(from, end));
      reader(parts.join(''));
      parts = [];
      from = end + 1;
    }
    if (from < data.length) parts.push(data.slice(from));
  }
  if (parts.length > 0) reader(parts.join(''));
  if ((await ended) !== 0) throw new Error(errorText.trim() || 'git failed');
  return bytes;
}

/** Reads a diff line by line: `message` until the first file, then each file's `header` and its `hunk`s. */
function createReader(onKey) {
  let state = 'message';
  let commit = null;
  let file = null;
  let line = 0;
  let columns = 1;

  function report(text, at) {
    if (text.includes('latchkey-scan:allow')) return;
    for (const key of findKeys(text)) onKey({ ...key, ...at, ...commit });
  }

  return (text) => {
    if (text.startsWith('\0')) {
      const [hash, date, author] = text.slice(1).split('\t');
      commit = { commit: hash, date, author: utf8(author ?? '') };
      state = 'message';
    } else if (
      text.startsWith('diff --git ') ||
      text.startsWith('diff --cc ') ||
      text.startsWith('diff --combined ')
    ) {
      state = 'header';
      file = null;
    } else if (state === 'message') report(text, { file: null, line: null });
    else if (text.startsWith('@@')) {
      state = 'hunk';
      columns = text.search(/[^@]/) - 1;
      line = Number(/ \+(\d+)(?:,\d+)? @@/.exec(text)?.[1] ?? 0);
    } else if (state === 'header') {
      if (text.startsWith('+++ '))
        file = utf8(
          text
            .slice(4)
            .replace(/\t$/, '')
            .replace(/^"?b\//, ''),
        );
    } else {
      // A merge has a column for each parent. A line from none of them has a plus.
      const marks = text.slice(0, columns);
      if (marks.includes('+')) report(text.slice(columns), { file, line });
      if (!/[-\\]/.test(marks)) line++;
    }
  };
}

const utf8 = (text) => Buffer.from(text, 'latin1').toString('utf8');
