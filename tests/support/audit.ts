import type { SQL } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';

/** Audit events by ID. Without ORDER BY, PostgreSQL returns them in storage order. */
export const auditTrail = (db: Queryable, of?: SQL) =>
  db.select().from(auditEvents).where(of).orderBy(auditEvents.id);
