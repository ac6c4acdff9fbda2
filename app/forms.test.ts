import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const sources = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !name.includes('.test.'))
  .map((name) => ({ file: `app/${name}`, source: readFileSync(`app/${name}`, 'utf8') }));

test('no form uses the browser’s validation messages, which disappear and follow the browser’s language', () => {
  const forms = sources.flatMap(({ file, source }) =>
    [...source.matchAll(/<form\s(?:=>|[^>])*>/g)].map(([tag]) => ({ file, tag })),
  );
  expect(forms.length).toBeGreaterThan(50);
  expect(forms.filter(({ tag }) => !/\snoValidate\b/.test(tag)).map(({ file }) => file)).toEqual([]);
});

test('no form uses useActionState by itself: it would be lost if its action can’t be reached', () => {
  const users = sources.filter(({ source }) => /\buseActionState[(<]/.test(source)).map(({ file }) => file);
  expect(users).toEqual(['app/_actions/use-form-action.ts']);
});

test('every server action notes first that it was reached, so that its own failures are not taken for the client’s', () => {
  const wrapped = /^\s*(?:= )?(?:member|user|operator|public)Action\b|^oneClick\(/;
  const missing = sources
    .filter(({ source }) => /^'use server';/.test(source))
    .flatMap(({ file, source }) => [
      ...[...source.matchAll(/^export const (\w+) = (.*)/gm)].flatMap(([, name, value = '']) =>
        wrapped.test(value) ? [] : `${file} ${name}`,
      ),
      ...[...source.matchAll(/^export async function (\w+)[^{]*(?:\{[^}]*\}[^{]*)?\{\n(.*)/gm)].flatMap(
        ([, name, line = '']) => (line.trim() === 'reachAction();' ? [] : `${file} ${name}`),
      ),
    ]);
  expect(missing).toEqual([]);
});

/** What action files import from lib/, including the schemas. */
const used = sources
  .filter(({ source }) => /(member|user|operator|public)Action\b.*from '/.test(source))
  .flatMap(({ source }) =>
    [...source.matchAll(/^import \{([^}]+)\} from '#lib\/([a-z]+)\/([a-z-]+)\.ts';/gm)].flatMap(
      ([, names = '', room, verb]) =>
        [...names.matchAll(/\b[A-Z]\w+/g)].map(([name]) => ({ name, room, verb })),
    ),
  );

/** Fields that show their error beside them. */
const shown = new Set(
  sources.flatMap(({ source }) => [...source.matchAll(/errorsOf\(\w+, '(\w+)'\)/g)].map(([, name]) => name)),
);

test('every field has its own message for empty and too long input', async () => {
  const silent = [];
  let fields = 0;
  for (const { name, room, verb } of used) {
    const schema: unknown = (await import(`../lib/${room}/${verb}.ts`))[name];
    if (!(schema instanceof z.ZodObject)) continue;
    for (const [field, type] of Object.entries<z.ZodType>(schema.shape)) {
      // IDs are selected, never typed.
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

/** Messages that the schema leaves to zod. A per-parse error map has lower precedence than the schema's own messages. */
function wordless(type: z.ZodType, typed: string): string[] {
  const { error } = type.safeParse(typed, { error: ({ code }) => `wordless: ${code}` });
  return (error?.issues ?? []).map(({ message }) => message).filter((text) => text.startsWith('wordless'));
}
