import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { csvRecord } from '#lib/audit/csv.ts';
import { credentialScope } from './credential-scope.ts';
import type { KeyRow } from './key-rows.ts';
import { type KeysFilter, listTeamCredentials } from './list-team-credentials.ts';

const HEAD = [
  ...['Name', 'Description', 'Application', 'App ID', 'Environment', 'Status', 'Shared Key', 'Credential ID'],
  ...['Owner', 'Created (UTC)', 'Expires (UTC)', 'Ends (UTC)', 'Revoked (UTC)', 'Last used (UTC)'],
  ...[
    'Requests',
    'Errors',
    'Rejected',
    'Requests in 7 days',
    'Allowed IPs',
    'Allowed domains',
    'Daily limit',
  ],
];

/**
 * The keys that match a filter, as CSV without secrets, `batch` records at a time: only one batch is in memory.
 * Throws `Forbidden` immediately, not at the first batch.
 */
export function exportCredentials(
  context: { db: Queryable; member: Member },
  filter: Partial<KeysFilter>,
  batch = 500,
): AsyncGenerator<string, void> {
  credentialScope(context.member, 'credential.view');
  return write(context, filter, batch);
}

async function* write(
  context: { db: Queryable; member: Member },
  { after: _, before: __, ...filter }: Partial<KeysFilter>,
  batch: number,
) {
  yield csvRecord(HEAD);
  let after: string | undefined;
  for (;;) {
    const page = await listTeamCredentials(context, { ...filter, after }, batch);
    if (page.keys.length > 0) yield page.keys.map(record).join('');
    if (!page.next) return;
    after = page.next;
  }
}

function record(key: KeyRow): string {
  return csvRecord([
    ...[key.name, key.description, key.appTitle, key.appId, key.environment, key.status],
    ...[key.sharedKey, key.keyId, key.ownerName && `${key.ownerName} <${key.ownerEmail}>`],
    ...[key.createdAt, key.expiresAt, key.endsAt, key.revokedAt, key.lastUsedAt],
    ...[key.requests, key.errors, key.refused, key.days.reduce((sum, day) => sum + day, 0)],
    ...[key.allowedIps.join(' '), key.allowedDomains.join(' '), key.dailyLimit],
  ]);
}
