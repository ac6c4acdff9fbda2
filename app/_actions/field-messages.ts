import type { z } from 'zod';
import { formatNumber } from '#lib/format.ts';

/** The message for a field whose schema has none of its own: zod's defaults are for developers. */
export const defaultMessages: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined || issue.input === '') return 'This field is required.';
  if (issue.code === 'too_big' && issue.origin === 'string')
    return `Enter at most ${formatNumber(Number(issue.maximum))} characters.`;
  return 'Enter a valid value.';
};
