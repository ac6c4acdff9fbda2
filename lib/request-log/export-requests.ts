import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { csvRecord } from '#lib/audit/csv.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { findRequests } from './find-requests.ts';
import { FILTER_NAMES, type LogFilter } from './log-filter.ts';
import { type ExportedRequest, readExportedRequests } from './request-rows.ts';

export const ExportFormat = z.enum(['csv', 'ndjson']);
export type ExportFormat = z.output<typeof ExportFormat>;

/**
 * Exports the filtered log, newest first. Memory use is bounded by `batch`, and no transaction stays open while a slow
 * client downloads. Requests that arrive meanwhile aren't included. The audit row is written before the first row is read.
 */
export async function exportRequests(
  { db, member }: { db: Queryable; member: Member },
  { filter, format }: { filter: LogFilter; format: ExportFormat },
  { batch = 2_000, nowMs = Date.now() } = {},
): Promise<AsyncGenerator<string, void>> {
  authorize(member, 'usage.view.own');
  const filterNames = FILTER_NAMES.filter((name) => filter[name] !== undefined);
  const after = Object.fromEntries(filterNames.map((name) => [name, filter[name]]));
  await recordAudit(db, member, 'usage.export', { kind: 'log', id: format }, { after });
  return write(db, member, filter, format, batch, nowMs);
}

async function* write(
  db: Queryable,
  member: Member,
  filter: LogFilter,
  format: ExportFormat,
  batch: number,
  nowMs: number,
): AsyncGenerator<string, void> {
  const { after: _, before: __, ...kept } = filter;
  if (format === 'csv') yield csvRecord(COLUMNS.map(([heading]) => heading));
  const line = format === 'csv' ? csvLine : jsonLine;
  for (let before: string | undefined; ; ) {
    const found = await findRequests(
      db,
      member,
      { ...kept, before },
      { limit: batch, budgetMs: Number.POSITIVE_INFINITY, nowMs },
    );
    const rows = await readExportedRequests(db, member, found.ids);
    if (rows.length > 0) yield rows.map(line).join('');
    if (found.ids.length < batch) return;
    before = found.ids.at(-1);
  }
}

const COLUMNS: readonly (readonly [string, (row: ExportedRequest) => string | number | Date | null])[] = [
  ['Time (UTC)', (row) => row.at],
  ['Request ID', (row) => row.id],
  ['Method', (row) => row.method],
  ['Path', (row) => row.path],
  ['Outcome', (row) => row.outcome],
  ['Status', (row) => row.status],
  ['Reason', (row) => row.reason],
  ['Latency (ms)', (row) => row.latencyMs],
  ['Upstream (ms)', (row) => row.upstreamMs],
  ['Bytes in', (row) => row.bytesIn],
  ['Bytes out', (row) => row.bytesOut],
  ['Counted', (row) => (row.counted ? 'yes' : 'no')],
  ['Quota day (UTC)', (row) => row.day],
  ['Environment', (row) => row.environment],
  ['App ID', (row) => row.appId],
  ['App', (row) => row.appTitle],
  ['Key', (row) => row.keyId],
  ['Key name', (row) => row.keyName],
  ['Member', (row) => row.memberName],
  ['API', (row) => row.apiSlug],
  ['Endpoint', (row) => row.template],
  ['Client IP', (row) => row.clientIp],
  ['User agent', (row) => row.userAgent],
  ['Via', (row) => row.via],
  ['Requests', (row) => row.requests],
];

const csvLine = (row: ExportedRequest): string => csvRecord(COLUMNS.map(([, cell]) => cell(row)));

/** One JSON object per line (NDJSON). */
const jsonLine = (row: ExportedRequest): string => `${JSON.stringify(row)}\n`;
