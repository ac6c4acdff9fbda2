import { Users } from 'lucide-react';
import type { Metadata } from 'next';
import { Button, LinkButton } from '#app/_components/button.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { hrefWith } from '#app/_logs/href-with.ts';
import { database } from '#db/client.ts';
import { formatCount } from '#lib/format.ts';
import { listPlans } from '#lib/teams/list-plans.ts';
import { listTeamsForOperator, TeamsFilter } from '#lib/teams/list-teams-for-operator.ts';
import { TeamsTable } from './teams-table.tsx';

export const metadata: Metadata = { title: 'Teams' };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

const PATH = '/operator/teams';

export default async function TeamsPage({ searchParams }: Props) {
  const context = { db: database(), operator: await requireOperator() };
  const filter = TeamsFilter.parse(await searchParams);
  const [{ teams, total, next, previous }, plans] = await Promise.all([
    listTeamsForOperator(context, filter),
    listPlans(context),
  ]);
  const { after: _, before: __, ...kept } = filter;
  const isFiltered = filter.search !== undefined || filter.plan !== undefined;
  return (
    <>
      <PageHeader title="Teams" description="All teams in this installation, with today’s usage (UTC)." />
      <TeamsFilterBar filter={filter} plans={plans} isFiltered={isFiltered} />
      {teams.length > 0 ? (
        <>
          <p role="status" className="mb-3 text-muted">
            {formatCount(total, 'team')}
          </p>
          <TeamsTable teams={teams} filter={filter} path={PATH} />
        </>
      ) : (
        <EmptyState
          icon={<Users />}
          title={isFiltered ? 'No results' : total > 0 ? 'No more teams' : 'No teams yet'}
          description={
            isFiltered
              ? 'No team matches your search and filters.'
              : total > 0
                ? 'This page is past the last team.'
                : 'Partners create teams after they sign up.'
          }
          action={(isFiltered || total > 0) && <LinkButton href={PATH}>Show all teams</LinkButton>}
        />
      )}
      <Pagination
        newerHref={previous ? hrefWith(PATH, kept, { before: previous }) : undefined}
        olderHref={next ? hrefWith(PATH, kept, { after: next }) : undefined}
        words={{ newer: 'Previous', older: 'Next' }}
      />
    </>
  );
}

/** A form that only navigates. The URL holds its state and can be shared. */
function TeamsFilterBar({
  filter: { search, plan, sort, order },
  plans,
  isFiltered,
}: {
  filter: TeamsFilter;
  plans: readonly { id: string; name: string }[];
  isFiltered: boolean;
}) {
  return (
    <form
      // A new URL is a new form, so that earlier choices don't linger.
      key={`${search} ${plan}`}
      action={PATH}
      noValidate
      aria-label="Filter teams"
      className="mb-4 grid max-w-[720px] grid-cols-2 items-end gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_auto]"
    >
      <div className="col-span-2 sm:col-span-1">
        <TextField
          label="Search teams"
          name="search"
          type="search"
          placeholder="Name or API ID"
          defaultValue={search ?? ''}
          maxLength={100}
        />
      </div>
      <SelectField
        label="Plan"
        name="plan"
        defaultValue={plan ?? ''}
        options={[{ value: '', label: 'Any' }, ...plans.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      {sort && <input type="hidden" name="sort" value={sort} />}
      {order && <input type="hidden" name="order" value={order} />}
      <div className="flex items-center gap-2">
        <Button type="submit">Apply filters</Button>
        {isFiltered && (
          <LinkButton href={PATH} variant="ghost">
            Clear filters
          </LinkButton>
        )}
      </div>
    </form>
  );
}
