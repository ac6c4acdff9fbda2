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

test('fields are read by name; a repeated field, or one that ends in [], is a list', async () => {
  expect(await run(formOf(['name', 'Ada'], ['ids[]', '1'], ['$ACTION_ID_x', '']))).toEqual({
    status: 'done',
    value: { name: 'Ada', ids: ['1'] },
  });
  expect(await run(formOf(['name', 'Ada'], ['name', 'Grace']))).toMatchObject({ status: 'invalid' });
});

test('a field named __proto__ is an ordinary field', async () => {
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

test('anything but a form is rejected without reading it', async () => {
  expect(await run({} as FormData)).toEqual({ status: 'invalid', fields: {} });
});

test('a field whose schema has no message gets ours instead of zod’s', async () => {
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
      empty: ['This field is required.'],
      absent: ['This field is required.'],
      long: ['Enter at most 2,000 characters.'],
      choice: ['Enter a valid value.'],
      own: ['Enter your name.'],
    },
  });
});
