import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { MembersFilter, MembersSort } from '#lib/members/list-members.ts';
import { Th } from '../../../_components/table.tsx';
import { hrefWith } from '../logs/href-with.ts';

/** What a first click on a column should show on top: names from A, activity and requests from the most. */
const FIRST_ORDER: Record<MembersSort, 'asc' | 'desc'> = {
  name: 'asc',
  email: 'asc',
  role: 'asc',
  status: 'asc',
  activity: 'desc',
  requests: 'desc',
};

/** The head of a column that sorts: a link, its order said to everybody. */
export function SortHead({
  column,
  label,
  filter,
  path,
  align,
}: {
  column: MembersSort;
  label: string;
  filter: MembersFilter;
  path: string;
  align?: 'right';
}) {
  const { sort = 'name', order = 'asc', search, role, status } = filter;
  const current = sort === column;
  const other = order === 'asc' ? 'desc' : 'asc';
  const next = { sort: column, order: current ? other : FIRST_ORDER[column] };
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <Th
      aria-sort={current ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
      {...(align ? { align } : {})}
      className="max-xl:whitespace-normal"
    >
      <Link
        href={hrefWith(path, { search, role, status }, next)}
        scroll={false}
        className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
      >
        {label}
        {current && <Arrow aria-hidden="true" className="size-3.5" />}
      </Link>
    </Th>
  );
}
