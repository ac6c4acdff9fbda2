import { z } from 'zod';

/** IDs as one comma-separated field: a thousand separate fields would come close to the size limit of an action. */
export const IdList = z.string().transform((text) => text.split(',').filter(Boolean));
