import { type SQL, sql } from 'drizzle-orm';
import { credentials } from '#db/schema/credentials.ts';

/** `retiring`: replaced by a rotation, and accepted until it expires. */
export type CredentialStatus = 'active' | 'retiring' | 'paused' | 'expired' | 'revoked';

/** When a key stops working by itself: at its expiration, or earlier after a rotation. Null for never. */
export const credentialEnd: SQL<Date | null> = sql<Date | null>`least(${credentials.expiresAt}, ${credentials.retiresAt})`;

/** The status of a key by the database clock. `revoked` comes before `expired`, because it says who ended the key. */
export const credentialStatus: SQL<CredentialStatus> = sql<CredentialStatus>`case
  when ${credentials.status} = 'revoked' then 'revoked'
  when ${credentialEnd} <= now() then 'expired'
  when ${credentials.status} = 'active' and ${credentials.successorId} is not null then 'retiring'
  else ${credentials.status}::text end`;
