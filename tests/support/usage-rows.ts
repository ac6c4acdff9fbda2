import { sql } from 'drizzle-orm';
import type postgres from 'postgres';
import { v7 } from 'uuid';
import type { Db } from '#db/client.ts';
import { usageDaily, usageRecords } from '#db/schema/usage.ts';
import { ingestSegment } from '#lib/metering/ingest.ts';
import type { LineCompletion, LineSubject } from '#lib/metering/lines.ts';

type Key = {
  id: string;
  teamId: string;
  applicationId: string;
  memberId: string | null;
  environment: string;
};

let madeAtMoments = 0;

/** A request ID for a given time. Of two in the same millisecond, the later one is greater. */
export const anIdAt = (at: Date): string => v7({ msecs: at.getTime(), seq: madeAtMoments++ });

/** A recorded request of a key, with status 200 unless given. */
export async function aCall(db: Db, key: Key, values: Partial<typeof usageRecords.$inferInsert> = {}) {
  const [row] = await db
    .insert(usageRecords)
    .values({
      id: values.at ? anIdAt(values.at) : v7(),
      at: new Date(),
      day: '2026-01-01',
      teamId: key.teamId,
      applicationId: key.applicationId,
      credentialId: key.id,
      memberId: key.memberId,
      environment: 'development',
      method: 'GET',
      path: '/cities',
      outcome: 'answered',
      status: 200,
      counted: true,
      latencyMs: 12.5,
      clientIp: '192.0.2.7',
      nodeId: v7(),
      ...values,
    })
    .returning();
  return row!;
}

/** A key's sums for the UTC day this many days ago. */
export async function aDay(
  db: Db,
  key: Key,
  daysAgo: number,
  sums: Partial<typeof usageDaily.$inferInsert> = {},
) {
  await db.insert(usageDaily).values({
    teamId: key.teamId,
    applicationId: key.applicationId,
    credentialId: key.id,
    memberId: key.memberId,
    day: sql`(now() at time zone 'utc')::date - ${daysAgo}::int`,
    lastAt: new Date(),
    lastUsedAt: sums.lastAt ?? new Date(),
    ...sums,
  });
}

/** A request of a key as the gateway passes it to the spool. */
export function aSpooledCall(key: Key, at: Date, values: Partial<LineSubject> = {}): LineSubject {
  return {
    id: v7({ msecs: at.getTime() }),
    atMs: at.getTime(),
    day: at.toISOString().slice(0, 10),
    credential: key,
    route: null,
    method: 'GET',
    path: '/cities',
    clientIp: '192.0.2.7',
    userAgent: 'curl/8',
    ...values,
  };
}

/** How a request ended: with 200 unless given. */
export const anEnd = (values: Partial<LineCompletion> = {}): LineCompletion => ({
  outcome: 'answered',
  status: 200,
  reason: null,
  counted: true,
  latencyMs: 12.5,
  bytesIn: 10,
  bytesOut: 100,
  ...values,
});

/** Ships lines to the database as one segment of a process. */
export async function ingestLines(
  sql: postgres.Sql,
  nodeId: string,
  lines: readonly string[],
  id: string = v7(),
): Promise<boolean> {
  return ingestSegment(sql, { id, nodeId, text: lines.join('').trimEnd(), lines: lines.length });
}
