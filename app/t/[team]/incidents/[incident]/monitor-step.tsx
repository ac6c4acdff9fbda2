import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Sparkline } from '#app/_components/sparkline.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import type { Unusual } from '#lib/incidents/find-unusual.ts';
import { unusualText } from '#lib/incidents/incident-labels.ts';
import type { Watched } from '#lib/incidents/monitor-incident.ts';
import type { Incident } from '#lib/incidents/read-incident.ts';
import { lastDays } from './last-days.ts';

const rejected = (count: number) => formatCount(count, 'rejected request');

/** Who still uses the revoked key, and what was unusual before it was revoked. */
export function MonitorStep({
  incident,
  watched,
  unusual,
  team,
}: {
  incident: Incident;
  watched: Watched | null;
  unusual: readonly Unusual[];
  team: string;
}) {
  return (
    <>
      <p className="text-muted">
        {incident.isMonitored ? 'Monitored until ' : 'Was monitored until '}
        <DateTime value={incident.monitorUntil} />. Watch for any unusual activity, here and with the new key.
      </p>
      <h3 className="font-medium">Before the key was revoked</h3>
      {unusual.length > 0 ? (
        <ul className="flex flex-col gap-1.5">
          {unusual.map((one) => (
            <li key={unusualText(one)} className="flex flex-wrap items-baseline gap-x-2 break-words">
              <span className="min-w-0 break-words">{unusualText(one)}</span>
              {'at' in one && (
                <span className="text-sm text-muted">
                  <DateTime value={one.at} />
                </span>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p className="text-muted">
          Nothing unusual in the recorded requests: no new IP addresses or endpoints in the last 48 hours, no
          jump in volume.
        </p>
      )}
      <div className="mt-2 flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-medium">Since the key was revoked</h3>
        <LinkButton size="sm" href={`/t/${team}/logs?key=${incident.keyId}&status=refused`}>
          Rejected requests
        </LinkButton>
      </div>
      {watched && watched.refused > 0 ? (
        <Refused incident={incident} watched={watched} />
      ) : (
        <p className="text-muted">No requests with the revoked key.</p>
      )}
    </>
  );
}

function Refused({ incident, watched }: { incident: Incident; watched: Watched }) {
  const days = lastDays(watched.days, incident.revokedAt ?? incident.openedAt, incident.monitorUntil);
  return (
    <>
      <div className="max-w-md">
        <Sparkline
          label={`Rejected requests per day: ${days.map(({ day, refused }) => `${day} ${refused}`).join(', ')}`}
          values={days.map(({ refused }) => refused)}
          titles={days.map(({ day, refused }) => `${day}: ${rejected(refused)}`)}
        />
        <div className="mt-1 flex justify-between text-xs text-muted">
          <span>{days[0]?.day}</span>
          <span>{days.at(-1)?.day}</span>
        </div>
      </div>
      <Table label="IP addresses that still use the revoked key">
        <THead>
          <tr>
            <Th>Address</Th>
            <Th>User agents</Th>
            <Th align="right">Rejected requests</Th>
            <Th>First</Th>
            <Th>Last</Th>
          </tr>
        </THead>
        <TBody>
          {watched.addresses.map((one) => (
            <Tr key={one.clientIp}>
              <Td label="Address">
                <span className="flex flex-wrap items-center gap-2 max-sm:justify-end">
                  <span className="font-mono text-sm break-all">{one.clientIp}</span>
                  {one.isNew && <Badge tone="danger">Never seen before</Badge>}
                </span>
              </Td>
              <Td label="User agents" className="max-w-64 break-words">
                {one.userAgents.filter(Boolean).join(', ') || <span className="text-faint">None</span>}
              </Td>
              <Td label="Rejected requests" align="right" className="tabular-nums">
                {formatNumber(one.calls)}
              </Td>
              <Td label="First">
                <DateTime value={one.firstAt} format="relative" />
              </Td>
              <Td label="Last">
                <DateTime value={one.lastAt} format="relative" />
              </Td>
            </Tr>
          ))}
        </TBody>
      </Table>
      {watched.isPartial && <p className="text-sm text-muted">IP addresses of the latest 10,000 requests.</p>}
    </>
  );
}
