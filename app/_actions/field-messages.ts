import type { z } from 'zod';

/** What is said beside a field whose schema has no words of its own: zod's are for programmers. */
export const fieldWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined || issue.input === '') return 'Fill this in.';
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `This can have at most ${issue.maximum.toLocaleString('en-GB')} characters.`;
  return 'This cannot stand here. Check what you entered.';
};
