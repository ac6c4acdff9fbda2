import { ShieldAlert } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireMember } from '#app/_http/session.ts';
import { environmentLabel } from '#app/_keys/environments.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { IncidentFilter, type ListedIncident, listIncidents } from '#lib/incidents/list-incidents.ts';
import { STEPS } from '#lib/incidents/steps.ts';

export const metadata: Metadata = { title: 'Incidents' };

type Search = Promise<Record<string, string | string[] | undefined>>;

export default async function IncidentsPage({
  params,
  searchParams,
}: {
  params: Promise<{ team: string }>;
  searchParams: Search;
}) {
  const member = await requireMember((await params).team);
  const filter = IncidentFilter.parse(await searchParams);
  const { incidents, older } = await listIncidents({ db: database(), member }, filter);
  const base = `/t/${member.teamSlug}/incidents`;
  const state = filter.state ? `state=${filter.state}&` : '';
  return (
    <>
      {(incidents.length > 0 || filter.state) && <States base={base} state={filter.state} />}
      {incidents.length > 0 ? (
        <IncidentsTable base={base} incidents={incidents} />
      ) : filter.state || filter.before ? (
        <EmptyState
          icon={<ShieldAlert />}
          title={filter.state ? `No ${filter.state} incidents` : 'No more incidents'}
        />
      ) : (
        <EmptyState
          icon={<ShieldAlert />}
          title="No incidents"
          description="If a key may be compromised, open its menu and choose “Key compromised?”. We revoke it immediately and guide you through the rest."
          action={
            <LinkButton
              href={`/t/${member.teamSlug}/${can(member, 'credential.view') ? 'api-keys' : 'my-key'}`}
            >
              {can(member, 'credential.view') ? 'API Keys' : 'My API key'}
            </LinkButton>
          }
        />
      )}
      <Pagination
        newerHref={filter.before && (filter.state ? `${base}?state=${filter.state}` : base)}
        olderHref={older ? `${base}?${state}before=${older}` : undefined}
      />
    </>
  );
}

function States({ base, state }: { base: string; state: 'open' | 'closed' | undefined }) {
  const choices = [
    { value: undefined, label: 'All', href: base },
    { value: 'open', label: 'Open', href: `${base}?state=open` },
    { value: 'closed', label: 'Closed', href: `${base}?state=closed` },
  ];
  return (
    <nav aria-label="State" className="mb-4 flex flex-wrap gap-2">
      {choices.map(({ value, label, href }) => (
        <LinkButton
          key={label}
          href={href}
          size="sm"
          variant={value === state ? 'secondary' : 'ghost'}
          aria-current={value === state ? 'true' : undefined}
        >
          {label}
        </LinkButton>
      ))}
    </nav>
  );
}

function IncidentsTable({ base, incidents }: { base: string; incidents: readonly ListedIncident[] }) {
  return (
    <Table label="Incidents">
      <THead>
        <tr>
          <Th>Key</Th>
          <Th>Environment</Th>
          <Th>Status</Th>
          <Th>Steps done</Th>
          <Th>Opened</Th>
          <Th>Opened by</Th>
        </tr>
      </THead>
      <TBody>
        {incidents.map((incident) => (
          <Tr key={incident.id}>
            <Td label="Key" className="max-w-72 break-words">
              <div>
                <Link
                  href={`${base}/${incident.incidentId}`}
                  className="font-medium underline-offset-4 hover:underline"
                >
                  {incident.keyName}
                </Link>
                <p className="font-mono text-xs text-muted">{incident.incidentId}</p>
              </div>
            </Td>
            <Td label="Environment">{environmentLabel(incident.environment)}</Td>
            <Td label="Status">
              {incident.closedAt ? <Badge>Closed</Badge> : <Badge tone="danger">Open</Badge>}
            </Td>
            <Td label="Steps done" className="tabular-nums">
              {incident.done.size} of {STEPS.length}
            </Td>
            <Td label="Opened">
              <DateTime value={incident.openedAt} format="relative" />
            </Td>
            <Td label="Opened by" className="break-words">
              {incident.openedBy ?? '—'}
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}
