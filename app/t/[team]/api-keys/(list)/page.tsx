import { KeyRound } from 'lucide-react';
import type { Metadata } from 'next';
import { LinkButton } from '#app/_components/button.tsx';
import { buttonStyle } from '#app/_components/button-style.ts';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { requireMember } from '#app/_http/session.ts';
import { CreateKey } from '#app/_keys/create-key.tsx';
import { hrefWith } from '#app/_logs/href-with.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { KeysFilter, listTeamCredentials, readKeyFilters } from '#lib/credentials/list-team-credentials.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { KeysFilterBar } from './filter-bar.tsx';
import { KeysTable } from './keys-table.tsx';

export const metadata: Metadata = { title: 'API Keys' };

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export default async function ApiKeysPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  const context = { db: database(), member };
  const given = Object.entries(await searchParams).map(([name, value]) => [name, value || undefined]);
  const filter = KeysFilter.parse(Object.fromEntries(given));
  const seesAll = can(member, 'credential.view');
  const [page, offered] = await Promise.all([listTeamCredentials(context, filter), readKeyFilters(context)]);

  const path = `/t/${member.teamSlug}/api-keys`;
  const { before: _, after: __, ...kept } = filter;
  const { sort: ___, order: ____, ...filters } = kept;
  const filtered = Object.values(filters).some((value) => value !== undefined);
  const create = can(member, 'credential.issue') && (
    <CreateKey
      team={member.teamSlug}
      label="Create API Key"
      place={{
        apps: offered.apps.filter((app) => !app.isDefault && !app.archived),
        defaultConnected: !offered.apps.some((app) => app.isDefault && app.hasKeys && !app.connected),
      }}
    />
  );
  return (
    <>
      <PageHeader
        title="API Keys"
        description={
          seesAll
            ? 'All API keys for this team.'
            : 'Your own key in this team. Owners and admins manage all keys.'
        }
        actions={create || <LinkButton href={`/t/${member.teamSlug}/my-key`}>My API key</LinkButton>}
      />
      {seesAll && (page.count > 0 || filtered) && (
        <KeysFilterBar filter={filter} path={path} offered={offered} filtered={filtered} />
      )}
      {page.keys.length > 0 ? (
        <>
          <div className="mb-2 flex flex-wrap items-center justify-between gap-3">
            <p className="text-sm text-muted tabular-nums">
              {page.keys.length < page.count && `${formatNumber(page.keys.length)} of `}
              {formatCount(page.count, 'key')}
            </p>
            <a href={hrefWith(`${path}/export`, kept)} download className={buttonStyle('secondary', 'sm')}>
              Export CSV
            </a>
          </div>
          <KeysTable keys={page.keys} filter={filter} path={path} actor={member} />
        </>
      ) : (
        <NoKeys filtered={filtered || page.count > 0} canCreate={Boolean(create)} path={path} />
      )}
      <Pagination
        newerHref={page.previous ? hrefWith(path, kept, { before: page.previous }) : undefined}
        olderHref={page.next ? hrefWith(path, kept, { after: page.next }) : undefined}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </>
  );
}

function NoKeys({ filtered, canCreate, path }: { filtered: boolean; canCreate: boolean; path: string }) {
  if (filtered)
    return (
      <EmptyState
        icon={<KeyRound />}
        title="No matching keys"
        description="No keys match your search and filters."
        action={<LinkButton href={path}>Clear filters</LinkButton>}
      />
    );
  return canCreate ? (
    <EmptyState
      icon={<KeyRound />}
      title="No keys yet"
      description="Create a Development key to try things out, and a Production key when you go live. Each secret is shown once."
    />
  ) : (
    <EmptyState
      icon={<KeyRound />}
      title="You don’t have a key yet"
      description="Generate your own key. Its requests count toward the team’s quota."
      action={
        <LinkButton href={path.replace(/api-keys$/, 'my-key')} variant="primary">
          Get your API key
        </LinkButton>
      }
    />
  );
}
