import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { SCHEDULE } from '#lib/jobs/schedule.ts';
import { REASONS } from '#lib/refusals/reasons.ts';

/** Set by the start scripts, not by people. */
const INTERNAL = ['LATCHKEY_ENV'];

const rowsOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|'));

test('every variable of the environment is documented in docs/configuration.md and .env.example', () => {
  const names = [...readFileSync('lib/env.ts', 'utf8').matchAll(/^ {2,4}([A-Z][A-Z_]+):/gm)].map(
    ([, name]) => name!,
  );
  expect(new Set(names).size).toBeGreaterThan(25);
  const table = rowsOf('docs/configuration.md').join('\n');
  const example = readFileSync('.env.example', 'utf8');

  for (const name of names) {
    if (INTERNAL.includes(name)) continue;
    expect(table, name).toContain(`\`${name}\``);
    expect(example, name).toMatch(new RegExp(`^# ${name}=`, 'm'));
  }
});

test('docs/gateway.md lists every refusal code with its status', () => {
  const rows = rowsOf('docs/gateway.md');
  for (const [code, { status }] of Object.entries(REASONS))
    expect(
      rows.some((row) => row.includes(`\`${code}\``) && row.includes(`| ${status} |`)),
      code,
    ).toBe(true);
});

test('docs/operations.md lists every job', () => {
  const table = rowsOf('docs/operations.md').join('\n');
  for (const { title } of SCHEDULE) expect(table, title).toContain(`| ${title} |`);
});

test('every relative link in the Markdown files leads to a file', () => {
  const files = globSync(['*.md', 'docs/**/*.md', 'bench/*.md', '.github/**/*.md']);
  expect(files.length).toBeGreaterThan(20);
  const broken = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => !existsSync(join(dirname(file), target)))
      .map((target) => `${file}: ${target}`),
  );
  expect(broken).toEqual([]);
});
