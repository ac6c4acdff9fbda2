import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import type { Caller } from '#lib/credentials/list-callers.ts';
import { formatNumber } from '#lib/format.ts';

const SHOWN_ENDPOINTS = 2;
/** The callers of an old key, and which of them have moved to the new one. */
export function CallersTable({
  label,
  callers,
  sinceRotation = false,
}: {
  label: string;
  callers: readonly Caller[];
  /** Whether to show the requests since the rotation separately. */
  sinceRotation?: boolean;
}) {
  return (
    <Table label={label}>
      <THead>
        <tr>
          <Th>New key</Th>
          <Th>Address</Th>
          <Th>User agent</Th>
          <Th>Endpoints</Th>
          <Th align="right">Requests</Th>
          {sinceRotation && <Th align="right">Since rotation</Th>}
          <Th>Last request</Th>
        </tr>
      </THead>
      <TBody>
        {callers.map((caller) => (
          <Tr key={`${caller.clientIp} ${caller.userAgent}`}>
            <Td label="New key">
              <Moved caller={caller} />
            </Td>
            <Td label="Address" mono className="break-all">
              {caller.clientIp}
            </Td>
            <Td label="User agent" className="max-w-64 break-words">
              <span className="line-clamp-2" title={caller.userAgent}>
                {caller.userAgent || <span className="text-faint">None</span>}
              </span>
            </Td>
            <Td label="Endpoints" className="max-w-80 sm:min-w-60">
              <Endpoints names={caller.endpoints} />
            </Td>
            <Td label="Requests" align="right" className="tabular-nums">
              {formatNumber(caller.calls)}
            </Td>
            {sinceRotation && (
              <Td label="Since rotation" align="right" className="tabular-nums">
                {formatNumber(caller.callsSinceRotation)}
              </Td>
            )}
            <Td label="Last request">
              <DateTime value={caller.lastAt} format="relative" />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function Moved({ caller: { movedAt, lastAt } }: { caller: Caller }) {
  if (!movedAt) return <Badge tone="warning">Not seen</Badge>;
  return (
    <span className="flex flex-col items-start gap-0.5 max-sm:items-end">
      <Badge tone={lastAt > movedAt ? 'info' : 'success'}>{lastAt > movedAt ? 'Uses both' : 'Moved'}</Badge>
      <span className="text-xs text-muted">
        <DateTime value={movedAt} format="relative" />
      </span>
    </span>
  );
}

function Endpoints({ names }: { names: readonly string[] }) {
  if (names.length === 0) return <span className="text-faint">—</span>;
  const more = names.length - SHOWN_ENDPOINTS;
  return (
    <span className="font-mono text-xs wrap-anywhere" title={names.join('\n')}>
      {names.slice(0, SHOWN_ENDPOINTS).map((name) => (
        <span key={name} className="block">
          {name}
        </span>
      ))}
      {more > 0 && <span className="font-sans text-muted">and {more} more</span>}
    </span>
  );
}
