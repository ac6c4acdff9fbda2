import { z } from 'zod';

/** Ids as one comma-separated field: a thousand fields of their own would near the size limit of an action. */
export const IdList = z.string().transform((text) => text.split(',').filter(Boolean));
