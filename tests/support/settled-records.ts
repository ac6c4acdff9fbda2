import type postgres from 'postgres';
import { until } from './processes.ts';

export type SettledRecord = {
  id: string;
  path: string;
  status: number | null;
  outcome: string;
  reason: string | null;
};

/** All usage records, once the spool has been shipped: nothing open, and no more arriving for two seconds. */
export async function settledRecords(sql: postgres.Sql): Promise<SettledRecord[]> {
  let last = -1;
  let steadySince = 0;
  await until(
    async () => {
      const [row] = await sql`select count(*)::int as n, count(*) filter (where outcome = 'open')::int as open
        from usage_records`;
      if (row!.n !== last || row!.open > 0) {
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
