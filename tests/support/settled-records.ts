import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type postgres from 'postgres';
import { readSegment } from '#lib/metering/segment.ts';
import { until } from './processes.ts';

export type SettledRecord = {
  id: string;
  path: string;
  status: number | null;
  outcome: string;
  reason: string | null;
};

/** All usage records, once the spool under `dataDir` is empty, none is open, and none has arrived for two seconds. */
export async function settledRecords(sql: postgres.Sql, dataDir: string): Promise<SettledRecord[]> {
  let last = -1;
  let steadySince = 0;
  await until(
    async () => {
      const [row] = await sql`select count(*)::int as n, count(*) filter (where outcome = 'open')::int as open
        from usage_records`;
      if (row!.n !== last || row!.open > 0 || isSpooled(join(dataDir, 'spool'))) {
        last = row!.n;
        steadySince = performance.now();
        return false;
      }
      return performance.now() - steadySince > 2_000;
    },
    'the records to settle',
    90_000,
  );
  return await sql<SettledRecord[]>`select id::text, path, status, outcome::text, reason from usage_records`;
}

/** Whether any process, running or dead, has lines that haven't been shipped. */
function isSpooled(dir: string): boolean {
  if (!existsSync(dir)) return false;
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).some((name) => {
    if (!name.endsWith('.seg')) return false;
    try {
      return readSegment(readFileSync(join(dir, name))).lines > 0;
    } catch {
      return false; // Shipped between the two calls.
    }
  });
}
