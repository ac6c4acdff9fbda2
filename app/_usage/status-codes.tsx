import { STATUS_CODES } from 'node:http';
import { Card } from '#app/_components/card.tsx';
import { shareText } from '#app/_components/charts/numbers.ts';
import { StatusCode } from '#app/_components/status-code.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { titleOf } from '#app/_logs/filter-labels.ts';
import { formatNumber } from '#lib/format.ts';
import type { StatusRow } from '#lib/usage/types.ts';
import type { Span } from '#lib/usage/usage-span.ts';
import { ExportLink } from './export-link.tsx';
import { type Place, statusFilter } from './place.ts';
import { ShareBar } from './share-bar.tsx';

/** Requests by status code, with the gateway's reason for rejections. */
export function StatusCodes({
  statuses,
  span,
  place,
}: {
  statuses: readonly StatusRow[];
  span: Span;
  place: Place;
}) {
  const all = statuses.reduce((sum, row) => sum + row.calls, 0);
  const most = statuses[0]?.calls ?? 0;
  return (
    <Card
      flush
      title="Status codes"
      description="All requests, including rejected ones."
      actions={<ExportLink place={place} table="status" of="the status codes" />}
    >
      <Table label="Status codes" className="rounded-none! border-x-0! border-b-0!">
        <THead>
          <Tr>
            <Th>Status</Th>
            <Th>Meaning</Th>
            <Th align="right">Requests</Th>
            <Th align="right">Share</Th>
          </Tr>
        </THead>
        <TBody>
          {statuses.map((row) => (
            <Tr
              key={`${row.outcome} ${row.status} ${row.reason}`}
              className="max-sm:grid! max-sm:grid-cols-[3rem_1fr] max-sm:gap-x-3"
            >
              <Td label="">
                <StatusCode value={row.status} />
              </Td>
              <Td label="" className="max-sm:text-left!">
                <a
                  href={place.log(span.from, span.to, statusFilter(row))}
                  className="underline-offset-4 hover:underline"
                >
                  {meaning(row)}
                </a>
                {row.outcome === 'refused' && (
                  <span className="text-sm text-muted"> rejected by the gateway</span>
                )}
              </Td>
              <Td label="Requests" align="right">
                <span className="inline-flex items-center gap-3">
                  <ShareBar value={row.calls} of={most} />
                  <span className="sm:min-w-14">{formatNumber(row.calls)}</span>
                </span>
              </Td>
              <Td label="Share" align="right">
                {shareText(row.calls, all)}
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
    </Card>
  );
}

function meaning({ outcome, status, reason }: StatusRow): string {
  if (outcome === 'aborted') return 'Client disconnected before the response';
  if (outcome === 'unknown') return 'Interrupted by a gateway restart';
  if (reason) return titleOf(reason);
  return (status !== null && STATUS_CODES[status]) || 'Completed';
}
