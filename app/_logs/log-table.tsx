import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatMs } from '#lib/format.ts';
import type { LoggedRequest } from '#lib/request-log/types.ts';
import { Outcome } from './outcome.tsx';

/** Over the wire, times are strings. */
export type ShownRequest = Omit<LoggedRequest, 'at'> & { at: Date | string };

/** Which optional columns to show. Columns with the same value in every row are hidden. */
export type LogColumns = { member: boolean; app: boolean; key: boolean };

export function LogTable({
  requests,
  team,
  columns,
}: {
  requests: readonly ShownRequest[];
  team: string;
  columns: LogColumns;
}) {
  return (
    <Table label="Request Logs">
      <THead>
        <Tr>
          <Th>Time</Th>
          <Th>Status</Th>
          <Th>Request</Th>
          {columns.member && <Th>Member</Th>}
          {columns.app && <Th>App</Th>}
          {columns.key && <Th>Key</Th>}
          <Th align="right">Latency</Th>
          <Th>Client IP</Th>
        </Tr>
      </THead>
      <TBody>
        {requests.map((request) => (
          <Tr key={request.id}>
            <Td label="Time" className="whitespace-nowrap">
              <Link
                href={`/t/${team}/logs/${request.id}`}
                prefetch={false}
                className="underline-offset-4 hover:underline"
              >
                <DateTime value={request.at} format="seconds" />
              </Link>
            </Td>
            <Td label="Status" className="max-w-52">
              <Outcome request={request} />
            </Td>
            <Td label="Request" mono className="min-w-72">
              <span className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
                <MethodBadge method={request.method} />
                <span className="line-clamp-3 min-w-0 flex-1 text-left break-all" title={request.path}>
                  {request.path}
                </span>
                {request.via === 'tester' && <Badge>Tester</Badge>}
              </span>
            </Td>
            {columns.member && (
              <Td label="Member" className="max-w-36 truncate" title={request.memberName ?? ''}>
                {request.memberName ?? <span className="text-muted">App key</span>}
              </Td>
            )}
            {columns.app && (
              <Td label="App" className="max-w-36 truncate" title={request.appTitle}>
                {request.appTitle}
              </Td>
            )}
            {columns.key && (
              <Td label="Key" className="max-w-40">
                <span className="block">
                  <span className="block truncate" title={request.keyName}>
                    {request.keyName}
                  </span>{' '}
                  <span className="block text-sm text-muted capitalize">{request.environment}</span>
                </span>
              </Td>
            )}
            <Td label="Latency" align="right" className="whitespace-nowrap">
              {latencyText(request.latencyMs)}
            </Td>
            <Td label="Client IP" mono>
              {request.clientIp || '—'}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** `8.4 ms`, `1,204 ms`, or a dash for requests without a response. */
export const latencyText = (ms: number | null): string => (ms === null ? '—' : formatMs(ms));
