import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const sources = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
  .map((name) => ({ file: `app/${name}`, source: readFileSync(`app/${name}`, 'utf8') }));

test('no form leaves its messages to the browser: its bubbles speak another language, and go away', () => {
  const forms = sources.flatMap(({ file, source }) =>
    [...source.matchAll(/<form\s(?:=>|[^>])*>/g)].map(([tag]) => ({ file, tag })),
  );
  expect(forms.length).toBeGreaterThan(50);
  expect(forms.filter(({ tag }) => !/\snoValidate\b/.test(tag)).map(({ file }) => file)).toEqual([]);
});

/** What files with actions import of lib/: the schemas are among it. */
const used = sources
  .filter(({ source }) => /(member|user|operator|public)Action\b.*from '/.test(source))
  .flatMap(({ source }) =>
    [...source.matchAll(/^import \{([^}]+)\} from '#lib\/([a-z]+)\/([a-z-]+)\.ts';/gm)].flatMap(
      ([, names = '', room, verb]) =>
        [...names.matchAll(/\b[A-Z]\w+/g)].map(([name]) => ({ name, room, verb })),
    ),
  );

/** The names of fields beside which a form shows what is wrong. */
const shown = new Set(
  sources.flatMap(({ source }) => [...source.matchAll(/errorsOf\(\w+, '(\w+)'\)/g)].map(([, name]) => name)),
);

test('every field says in words of its own what to do when it is empty or too long', async () => {
  const silent = [];
  let fields = 0;
  for (const { name, room, verb } of used) {
    const schema: unknown = (await import(`../lib/${room}/${verb}.ts`))[name];
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [field, type] of Object.entries<z.ZodType>(schema.shape)) {
      // An id is chosen or sent along, never typed.
      if (!shown.has(field) || /Ids?$/.test(field)) continue;
      fields += 1;
      for (const typed of ['', 'x'.repeat(100_000)]) {
        const messages = wordless(type, typed);
        if (messages.length > 0) silent.push({ schema: name, field, length: typed.length, messages });
      }
    }
  }
  expect(fields).toBeGreaterThan(40);
  expect(silent).toEqual([]);
});

/** What a schema leaves to zod's own words; a map for one parse stands back behind a schema's words. */
function wordless(type: z.ZodType, typed: string): string[] {
  const { error } = type.safeParse(typed, { error: ({ code }) => `wordless: ${code}` });
  return (error?.issues ?? []).map(({ message }) => message).filter((text) => text.startsWith('wordless'));
}
