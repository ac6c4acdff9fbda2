import type { SQL } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';

/** The lines of the audit trail in the order of the acts. Without an order PostgreSQL gives them as they lie on its pages. */
export const auditTrail = (db: Queryable, of?: SQL) =>
  db.select().from(auditEvents).where(of).orderBy(auditEvents.id);
