import Link from 'next/link';
import { DateTime } from '#app/_components/date-time.tsx';
import { nextOrder, SortHead, type SortOrder } from '#app/_components/sort-head.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { hrefWith } from '#app/_logs/href-with.ts';
import { formatNumber } from '#lib/format.ts';
import type { OperatorTeam, TeamsFilter, TeamsSort } from '#lib/teams/list-teams-for-operator.ts';
import { QuotaForm } from './quota-form.tsx';

type Column = { sort: TeamsSort; label: string; first: SortOrder; align?: 'right' };

/** `first` is the order a first click gives: names from A, figures from the highest. */
const COLUMNS: readonly Column[] = [
  { sort: 'plan', label: 'Plan', first: 'asc' },
  { sort: 'members', label: 'Members', first: 'desc', align: 'right' },
  { sort: 'apps', label: 'Apps', first: 'desc', align: 'right' },
  { sort: 'requests', label: 'Requests today', first: 'desc', align: 'right' },
  { sort: 'quota', label: 'Daily quota', first: 'desc' },
  { sort: 'created', label: 'Created', first: 'desc' },
];

type Props = { teams: readonly OperatorTeam[]; filter: TeamsFilter; path: string };

export function TeamsTable({ teams, filter, path }: Props) {
  return (
    <Table label="Teams">
      <THead>
        <Tr>
          <TeamsSortHead sort="name" label="Team" first="asc" {...{ filter, path }} />
          <Th>API ID</Th>
          {COLUMNS.map((column) => (
            <TeamsSortHead key={column.sort} {...column} {...{ filter, path }} />
          ))}
        </Tr>
      </THead>
      <TBody>
        {teams.map((team) => (
          <Tr key={team.id}>
            <Td label="Team" className="max-w-64">
              <Link
                href={`/operator/teams/${team.slug}`}
                prefetch={false}
                className="font-medium break-words underline-offset-4 hover:underline"
              >
                {team.name}
              </Link>
            </Td>
            <Td label="API ID" mono>
              {team.apiId}
            </Td>
            <Td label="Plan">{team.plan}</Td>
            <Td label="Members" align="right">
              {formatNumber(team.members)}
            </Td>
            <Td label="Apps" align="right">
              {formatNumber(team.apps)}
            </Td>
            <Td label="Requests today" align="right">
              {formatNumber(team.requestsToday)}
            </Td>
            <Td label="Daily quota">
              <QuotaForm teamId={team.id} teamName={team.name} dailyQuota={team.dailyQuota} />
            </Td>
            <Td label="Created">
              <DateTime value={team.createdAt} format="date" />
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

/** Sorting starts again on the first page. */
function TeamsSortHead({
  sort: column,
  label,
  first,
  align,
  filter,
  path,
}: Column & Pick<Props, 'filter' | 'path'>) {
  const { sort = 'name', order = 'asc', search, plan } = filter;
  const current = sort === column ? order : null;
  const next = { sort: column, order: nextOrder(current, first) };
  return (
    <SortHead
      label={label}
      order={current}
      href={hrefWith(path, { search, plan }, next)}
      {...(align ? { align } : {})}
    />
  );
}
