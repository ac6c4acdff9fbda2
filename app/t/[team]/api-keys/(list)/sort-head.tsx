import { nextOrder, SortHead, type SortOrder } from '#app/_components/sort-head.tsx';
import { hrefWith } from '#app/_logs/href-with.ts';
import type { KeysFilter, KeysSort } from '#lib/credentials/list-team-credentials.ts';

/** The first order of a column: names from A, the soonest expiration, otherwise the highest and newest values. */
const FIRST_ORDER: Record<KeysSort, SortOrder> = {
  name: 'asc',
  expires: 'asc',
  created: 'desc',
  used: 'desc',
  requests: 'desc',
};

export function KeysSortHead({
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
  const current = sort === column ? order : null;
  const next = { sort: column, order: nextOrder(current, FIRST_ORDER[column]) };
  return <SortHead label={label} order={current} href={hrefWith(path, kept, next)} />;
}
