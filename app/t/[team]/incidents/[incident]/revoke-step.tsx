import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { formatCount } from '#lib/format.ts';
import type { Watched } from '#lib/incidents/monitor-incident.ts';
import type { Incident } from '#lib/incidents/read-incident.ts';

/** The receipt: which gateways reject the key, since when, and the last accepted request. */
export function RevokeStep({ incident, watched }: { incident: Incident; watched: Watched | null }) {
  const receipt = incident.events.find((event) => event.step === 'revoked')?.text;
  if (!incident.revokedAt) return <p>The key isn’t revoked yet.</p>;
  return (
    <>
      <DefinitionList
        items={[
          {
            term: 'Revoked',
            value: (
              <>
                <DateTime value={incident.revokedAt} format="seconds" />
                {receipt && <span className="block text-sm text-muted">{receipt}</span>}
              </>
            ),
          },
          {
            term: 'Last accepted request',
            value: watched?.lastAcceptedAt ? (
              <DateTime value={watched.lastAcceptedAt} format="seconds" />
            ) : (
              'None in the month before'
            ),
          },
          {
            term: 'Rejected since',
            value: watched?.refused ? (
              <>
                {formatCount(watched.refused, 'request')} from{' '}
                {formatCount(watched.addresses.length, 'IP address', 'IP addresses')}
                {watched.firstRefusedAt && (
                  <span className="block text-sm text-muted">
                    The first on <DateTime value={watched.firstRefusedAt} format="seconds" />
                  </span>
                )}
              </>
            ) : (
              'No requests'
            ),
          },
        ]}
      />
      <p className="text-sm text-muted">As recorded so far. Gateways report about once a second.</p>
    </>
  );
}
