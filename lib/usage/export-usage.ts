import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { csvRecord } from '#lib/audit/csv.ts';
import { readTraffic } from './read-traffic.ts';
import { readUsage, type UsageRequest } from './read-usage.ts';
import { DIMENSIONS } from './types.ts';

/** A table of the usage page. */
export const ExportedTable = z.enum(['time', 'status', ...DIMENSIONS]);
export type ExportedTable = z.output<typeof ExportedTable>;

type Cells = (string | number | Date | null)[];

/** A table of the usage page as CSV, with all rows; null if the scope names something that doesn't exist. */
export async function exportUsage(
  context: { db: Queryable; member: Member },
  request: UsageRequest,
  table: ExportedTable,
): Promise<string | null> {
  const records = table === 'time' ? await overTime(context, request) : await split(context, request, table);
  return records?.map((cells) => csvRecord(cells)).join('') ?? null;
}

const SUMS = ['Requests', 'Errors', 'Rejected', 'All requests'];

async function overTime(context: { db: Queryable; member: Member }, request: UsageRequest) {
  const usage = await readUsage(context, request);
  if (!usage) return null;
  const rows = usage.bars.map(
    (bar): Cells => [
      ...[bar.start, bar.end, bar.complete ? 'yes' : 'no'],
      ...[bar.requests, bar.errors, bar.refused, bar.calls, bar.previous],
      ...[bar.latency?.p50, bar.latency?.p95, bar.latency?.p99].map((ms) =>
        ms === undefined ? null : Number(ms.toFixed(2)),
      ),
    ],
  );
  const percentiles = ['p50 ms', 'p95 ms', 'p99 ms'];
  return [['From', 'To', 'Complete', ...SUMS, 'Requests in the previous period', ...percentiles], ...rows];
}

async function split(
  context: { db: Queryable; member: Member },
  request: UsageRequest,
  table: Exclude<ExportedTable, 'time'>,
) {
  const read = await readTraffic(context, { ...request, all: table === 'status' ? undefined : table });
  if (!read) return null;
  const sums = (row: { requests: number; errors: number; refused: number; calls: number }) => [
    ...[row.requests, row.errors, row.refused, row.calls],
  ];
  const rows: Cells[] =
    table === 'status'
      ? read.statuses.map((row) => [row.status, row.outcome, row.reason, ...sums(row)])
      : (read.traffic[table]?.rows ?? []).map((row) => [row.name, row.note, row.value, ...sums(row)]);
  const heading = table === 'status' ? ['Status', 'Outcome', 'Reason'] : ['Name', 'Detail', 'ID'];
  return [[...heading, ...SUMS], ...rows];
}
