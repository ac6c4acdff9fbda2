import { expect, test } from 'vitest';
import { z } from 'zod';
import { runAction } from './form-action.ts';

const Input = z.object({
  name: z.string().min(1),
  role: z.string().optional(),
  ids: z.array(z.string()).optional(),
});

function formOf(...fields: [string, string | File][]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) form.append(name, value);
  return form;
}

const run = (form: FormData) => runAction(Input, form, async (value) => ({ status: 'done', value }));

test('fields are told by their names; one that comes again, or ends in [], is a list', async () => {
  expect(await run(formOf(['name', 'Ada'], ['ids[]', '1'], ['$ACTION_ID_x', '']))).toEqual({
    status: 'done',
    value: { name: 'Ada', ids: ['1'] },
  });
  expect(await run(formOf(['name', 'Ada'], ['name', 'Grace']))).toMatchObject({ status: 'invalid' });
});

test('a field called __proto__ is a field like any other: nothing is read out of it', async () => {
  const file = new File(['x'], 'owner');
  expect(await run(formOf(['__proto__', file]))).toMatchObject({
    status: 'invalid',
    fields: { name: expect.any(Array) },
  });
  expect(await run(formOf(['name', 'Ada'], ['__proto__', 'a'], ['__proto__', 'b']))).toEqual({
    status: 'done',
    value: { name: 'Ada' },
  });
});

test('what is no form is refused without reading it', async () => {
  expect(await run({} as FormData)).toEqual({ status: 'invalid', fields: {} });
});

test('a field whose schema has no words of its own gets ours, not the ones zod has for programmers', async () => {
  const Wordless = z.object({
    empty: z.string().min(1),
    absent: z.string(),
    long: z.string().max(2_000),
    choice: z.enum(['a', 'b']),
    own: z.string().min(1, 'Enter your name.'),
  });
  const form = formOf(['empty', ''], ['long', 'x'.repeat(2_001)], ['choice', 'c'], ['own', '']);
  expect(await runAction(Wordless, form, async () => ({ status: 'done', value: null }))).toEqual({
    status: 'invalid',
    fields: {
      empty: ['Fill this in.'],
      absent: ['Fill this in.'],
      long: ['This can have at most 2,000 characters.'],
      choice: ['This cannot stand here. Check what you entered.'],
      own: ['Enter your name.'],
    },
  });
});
