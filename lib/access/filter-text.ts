import { z } from 'zod';

/** A text to filter by, of at most `max` characters. PostgreSQL has no NUL in a text: one with it is unreadable. */
export const filterText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !text.includes('\0'));
