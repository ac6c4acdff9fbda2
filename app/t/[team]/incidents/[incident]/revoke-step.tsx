import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import type { Incident } from '#lib/incidents/read-incident.ts';
import type { Watched } from '#lib/incidents/watch-incident.ts';

const number = (value: number) => value.toLocaleString('en-GB');

/** The receipt: who refuses the key, since when, and the last call that got through. */
export function RevokeStep({ incident, watched }: { incident: Incident; watched: Watched | null }) {
  const receipt = incident.events.find((event) => event.step === 'revoked')?.text;
  if (!incident.revokedAt) return <p>The key is not revoked yet.</p>;
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
            term: 'Last accepted call',
            value: watched?.lastAcceptedAt ? (
              <DateTime value={watched.lastAcceptedAt} format="seconds" />
            ) : (
              'None in the month before'
            ),
          },
          {
            term: 'Refused since',
            value: watched?.refused ? (
              <>
                {number(watched.refused)} {watched.refused === 1 ? 'call' : 'calls'} from{' '}
                {number(watched.addresses.length)} {watched.addresses.length === 1 ? 'address' : 'addresses'}
                {watched.firstRefusedAt && (
                  <span className="block text-sm text-muted">
                    The first on <DateTime value={watched.firstRefusedAt} format="seconds" />
                  </span>
                )}
              </>
            ) : (
              'No calls'
            ),
          },
        ]}
      />
      <p className="text-sm text-muted">
        As recorded so far: gateways hand in what they have seen about once a second.
      </p>
    </>
  );
}
