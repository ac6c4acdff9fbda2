import { z } from 'zod';

const DIGITS_WANTED = 'Enter the six digits your app shows.';

/** A code from an authenticator app, as entered in a form. Apps show it with a space in the middle. */
export const AppCode = z
  .string({ error: DIGITS_WANTED })
  .max(100, DIGITS_WANTED)
  .transform((code) => code.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, DIGITS_WANTED));
