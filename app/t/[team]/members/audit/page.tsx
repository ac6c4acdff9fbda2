import { History } from 'lucide-react';
import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { buttonStyle } from '#app/_components/button-style.ts';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { requireMember } from '#app/_http/session.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { EventFilter, listActors, listEvents } from '#lib/audit/list-events.ts';
import { EventFilterBar } from './event-filter-bar.tsx';
import { EventsTable } from './events-table.tsx';

export const metadata: Metadata = { title: 'Audit log' };

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function AuditPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  if (!can(member, 'audit.view'))
    return (
      <EmptyState
        icon={<History />}
        title="Only owners and admins can read the audit log"
        description="Ask one of them if you need to know who changed something."
        action={<LinkButton href={`/t/${member.teamSlug}/members`}>Back to My Team</LinkButton>}
      />
    );

  const context = { db: database(), member };
  const given = Object.entries(await searchParams).map(([name, value]) => [name, value || undefined]);
  const filter = EventFilter.parse(Object.fromEntries(given));
  const [page, actors] = await Promise.all([listEvents(context, filter), listActors(context)]);
  const { before: _, after: __, ...kept } = filter;
  const filtered = Object.values(kept).some((value) => value !== undefined);
  const path = `/t/${member.teamSlug}/members/audit`;
  return (
    <>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold">Audit log</h2>
          <p className="text-muted">
            Who changed what in this team, and from where. Entries can’t be edited or deleted.
          </p>
        </div>
        <a href={hrefWith(`${path}/export`, kept)} download className={buttonStyle('secondary', 'md')}>
          Export CSV
        </a>
      </div>
      <EventFilterBar filter={filter} path={path} actors={actors} filtered={filtered} />
      {page.events.length > 0 ? (
        <EventsTable events={page.events} />
      ) : (
        <EmptyState
          icon={<History />}
          title={filtered ? 'No results' : 'No events on this page'}
          description={
            filtered ? 'No events match your filters.' : 'Changes in the team appear here as they are made.'
          }
          action={filtered && <LinkButton href={path}>Clear filters</LinkButton>}
        />
      )}
      <Pagination
        newerHref={page.newer ? hrefWith(path, kept, { after: page.newer }) : undefined}
        olderHref={page.older ? hrefWith(path, kept, { before: page.older }) : undefined}
      />
    </>
  );
}
