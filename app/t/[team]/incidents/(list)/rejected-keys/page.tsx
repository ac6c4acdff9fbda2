import { Radar } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireMember } from '#app/_http/session.ts';
import { environmentLabel } from '#app/_keys/environments.ts';
import { StatusBadge } from '#app/_keys/status-badge.tsx';
import { database } from '#db/client.ts';
import { formatNumber } from '#lib/format.ts';
import { listRejectedKeys, type RejectedKey } from '#lib/incidents/list-rejected-keys.ts';

export const metadata: Metadata = { title: 'Rejected keys' };

export default async function DeadKeysPage({ params }: { params: Promise<{ team: string }> }) {
  const member = await requireMember((await params).team);
  const keys = await listRejectedKeys({ db: database(), member });
  if (keys.length === 0)
    return (
      <EmptyState
        icon={<Radar />}
        title="No requests with inactive keys"
        description="Requests with revoked, expired or paused keys in the last 7 days are listed here."
      />
    );
  return (
    <>
      <p className="mb-3 text-muted">
        Requests with revoked, expired or paused keys in the last 7 days. All of them were rejected. If one of
        your apps sent them, give it the new key. If you don’t recognize the IP address, start an incident.
      </p>
      <Table label="Rejected keys">
        <THead>
          <tr>
            <Th>Key</Th>
            <Th>Status</Th>
            <Th align="right">24 hours</Th>
            <Th align="right">7 days</Th>
            <Th>IP addresses</Th>
            <Th>User agents</Th>
            <Th>Last request</Th>
            <Th>
              <span className="sr-only">Action</span>
            </Th>
          </tr>
        </THead>
        <TBody>
          {keys.map((key) => (
            <RejectedKeyRow key={key.keyId} of={key} team={member.teamSlug} />
          ))}
        </TBody>
      </Table>
    </>
  );
}

function RejectedKeyRow({ of: key, team }: { of: RejectedKey; team: string }) {
  const more = key.addressCount - key.addresses.length;
  return (
    <Tr>
      <Td label="Key" className="max-w-64 break-words">
        <div>
          <Link
            href={`/t/${team}/api-keys/${key.keyId}`}
            className="font-medium underline-offset-4 hover:underline"
          >
            {key.name}
          </Link>
          <p className="text-sm text-muted">
            {environmentLabel(key.environment)}, {key.appTitle}
          </p>
        </div>
      </Td>
      <Td label="Status">
        <StatusBadge status={key.status} />
      </Td>
      <Td label="24 hours" align="right" className="tabular-nums">
        {formatNumber(key.day)}
      </Td>
      <Td label="7 days" align="right" className="tabular-nums">
        {formatNumber(key.week)}
      </Td>
      <Td label="IP addresses" mono className="sm:min-w-40">
        <div>
          {key.addresses.map((address) => (
            <p key={address} className="break-all">
              {address}
            </p>
          ))}
          {more > 0 && <p className="font-sans text-muted">and {more} more</p>}
        </div>
      </Td>
      <Td label="User agents" className="max-w-56 break-words">
        <span className="line-clamp-2" title={key.userAgents.join('\n')}>
          {key.userAgents.filter(Boolean).join(', ') || <span className="text-faint">None</span>}
        </span>
      </Td>
      <Td label="Last request">
        <DateTime value={key.lastAt} format="relative" />
      </Td>
      <Td label="" align="right">
        <span className="flex justify-end gap-2 sm:flex-col sm:items-end xl:flex-row">
          <LinkButton size="sm" href={`/t/${team}/logs?key=${key.keyId}&status=refused`}>
            Calls
          </LinkButton>
          {key.incidentId ? (
            <LinkButton size="sm" href={`/t/${team}/incidents/${key.incidentId}`}>
              Open incident
            </LinkButton>
          ) : (
            <LinkButton size="sm" href={`/t/${team}/incidents/new?key=${key.keyId}`}>
              Start incident
            </LinkButton>
          )}
        </span>
      </Td>
    </Tr>
  );
}
