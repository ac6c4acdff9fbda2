import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { csvRecord } from '#lib/audit/csv.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { findRequests } from './find-requests.ts';
import { FILTER_NAMES, type LogFilter } from './log-filter.ts';
import { type ExportedRequest, readExportRows } from './request-rows.ts';

export const ExportFormat = z.enum(['csv', 'ndjson']);
export type ExportFormat = z.output<typeof ExportFormat>;

/**
 * The log as filtered, the newest first, a batch of rows in memory at a time however many there are. It holds no
 * transaction while the browser takes its time. What comes in meanwhile stays out. The export stands in the audit log
 * before its first row is written. Throws `Forbidden` at once, not at the first batch.
 */
export async function exportRequests(
  { db, member }: { db: Queryable; member: Member },
  { filter, format }: { filter: LogFilter; format: ExportFormat },
  { batch = 2_000, nowMs = Date.now() } = {},
): Promise<AsyncGenerator<string, void>> {
  authorize(member, 'usage.view.own');
  const asked = FILTER_NAMES.filter((name) => filter[name] !== undefined);
  await recordAudit(
    db,
    member,
    'usage.export',
    { kind: 'log', id: format },
    {
      after: Object.fromEntries(asked.map((name) => [name, filter[name]])),
    },
  );
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
  if (format === 'csv') yield csvRecord(COLUMNS.map(([head]) => head));
  const line = format === 'csv' ? csvLine : jsonLine;
  for (let before: string | undefined; ; ) {
    const found = await findRequests(
      db,
      member,
      { ...kept, before },
      { limit: batch, budgetMs: Number.POSITIVE_INFINITY, nowMs },
    );
    const rows = await readExportRows(db, member, found.ids);
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
];

const csvLine = (row: ExportedRequest): string => csvRecord(COLUMNS.map(([, cell]) => cell(row)));

/** One JSON object a line, with the names of the columns as programs write them. */
const jsonLine = (row: ExportedRequest): string => `${JSON.stringify(row)}\n`;
