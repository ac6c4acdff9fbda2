import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import type { LoggedRequest } from '#lib/request-log/request-rows.ts';
import { Outcome } from './outcome.tsx';

/** As it comes over the wire, times are texts. */
export type ShownRequest = Omit<LoggedRequest, 'at'> & { at: Date | string };

/** Columns that say the same in every row of a page stay out. */
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

/** `8.4 ms`, `1,204 ms`. */
export const latencyText = (ms: number | null): string =>
  ms === null ? '—' : `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en-GB')} ms`;
