import { type SQL, sql } from 'drizzle-orm';
import { credentials } from '#db/schema/credentials.ts';

/** `retiring`: replaced by a rotation, and accepted until its end. */
export type CredentialStatus = 'active' | 'retiring' | 'paused' | 'expired' | 'revoked';

/** When a key ends by itself: at its expiry, or earlier where a rotation lets it run out. Null for never. */
export const credentialEnd: SQL<Date | null> = sql<Date | null>`least(${credentials.expiresAt}, ${credentials.retiresAt})`;

/** What a key is by the database's clock. Revoked outlives expired: it says who ended the key. */
export const credentialStatus: SQL<CredentialStatus> = sql<CredentialStatus>`case
  when ${credentials.status} = 'revoked' then 'revoked'
  when ${credentialEnd} <= now() then 'expired'
  when ${credentials.status} = 'active' and ${credentials.successorId} is not null then 'retiring'
  else ${credentials.status}::text end`;
