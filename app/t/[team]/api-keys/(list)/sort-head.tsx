import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { KeysFilter, KeysSort } from '#lib/credentials/list-team-credentials.ts';
import { Th } from '../../../../_components/table.tsx';
import { hrefWith } from '../../logs/href-with.ts';

/** What a first click on a column should show on top: names from A, what ends soonest, else the most and the newest. */
const FIRST_ORDER: Record<KeysSort, 'asc' | 'desc'> = {
  name: 'asc',
  expires: 'asc',
  created: 'desc',
  used: 'desc',
  requests: 'desc',
};

/** The head of a column that sorts: a link, its order said to everybody. */
export function SortHead({
  column,
  label,
  filter,
  path,
}: {
  column: KeysSort;
  label: string;
  filter: KeysFilter;
  path: string;
}) {
  const { sort = 'created', order = 'desc', before: _, after: __, ...kept } = filter;
  const current = sort === column;
  const other = order === 'asc' ? 'desc' : 'asc';
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <Th aria-sort={current ? (order === 'asc' ? 'ascending' : 'descending') : undefined}>
      <Link
        href={hrefWith(path, kept, { sort: column, order: current ? other : FIRST_ORDER[column] })}
        scroll={false}
        className="inline-flex items-center gap-1 rounded-sm hover:text-ink"
      >
        {label}
        {current && <Arrow aria-hidden="true" className="size-3.5" />}
      </Link>
    </Th>
  );
}
