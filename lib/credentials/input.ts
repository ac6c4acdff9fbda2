import { z } from 'zod';

/** A credential by its "Credential ID". */
export const OneCredential = z.object({ keyId: z.string().regex(/^[0-9A-Za-z]{16}$/) });
