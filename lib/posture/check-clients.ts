import type { Queryable } from '#db/client.ts';
import { formatCount } from '#lib/format.ts';
import { findNewNetworks, findPrivateUse, findSharedClients } from './find-clients.ts';
import type { Finding } from './finding.ts';
import type { KeyFacts, Scope } from './read-key-facts.ts';

const UA_MAX = 80;

/** Suspicious client addresses of the keys in a scope. */
export async function readClients(db: Queryable, scope: Scope) {
  const [privately, networks, shared] = await Promise.all([
    findPrivateUse(db, scope),
    findNewNetworks(db, scope),
    findSharedClients(db, scope),
  ]);
  return { privately, networks, shared };
}

/** Findings about where keys are used from. `keys` are the keys of the scope, by ID. */
export function checkClients(
  { privately, networks, shared }: Awaited<ReturnType<typeof readClients>>,
  keys: ReadonlyMap<string, KeyFacts>,
  mayRotate: (key: KeyFacts) => boolean,
): Finding[] {
  const on = (id: string, finding: (key: KeyFacts) => Omit<Finding, 'subject' | 'subjectId'>): Finding[] => {
    const key = keys.get(id);
    return key ? [{ ...finding(key), subjectId: id, subject: key.subject }] : [];
  };
  return [
    ...shared.flatMap((row) =>
      on(row.id, (key) => ({
        kind: 'shared_client',
        severity: 'medium',
        since: new Date(row.first_at),
        evidence: [
          `${row.client_ip} (${shortened(row.user_agent)}) uses both this key and “${row.development_name}”. Last seen `,
          new Date(row.last_at),
          '.',
        ],
        fixes: [...(mayRotate(key) ? (['rotate'] as const) : []), 'see_callers', 'pause'],
      })),
    ),
    ...privately.flatMap((row) =>
      on(row.id, () => ({
        kind: 'production_from_private',
        severity: 'medium',
        since: new Date(row.first_at),
        evidence: [
          `${formatCount(row.calls, 'request')} from ${row.addresses.join(', ')} in the last 30 days, most recently `,
          new Date(row.last_at),
          '.',
        ],
        fixes: ['restrict', 'see_callers'],
      })),
    ),
    ...networks.flatMap((row) =>
      on(row.id, () => ({
        kind: 'new_network',
        severity: 'medium',
        since: new Date(row.first_at),
        evidence: [
          `${formatCount(row.calls, 'request')} from ${row.network} (${row.address}) since `,
          new Date(row.first_at),
          '. This network wasn’t seen in the 30 days before.',
        ],
        fixes: ['restrict', 'see_callers', 'pause'],
      })),
    ),
  ];
}

const shortened = (agent: string) =>
  agent === '' ? 'no user agent' : agent.length > UA_MAX ? `${agent.slice(0, UA_MAX)}…` : agent;
