import { nextOrder, SortHead, type SortOrder } from '#app/_components/sort-head.tsx';
import { hrefWith } from '#app/_logs/href-with.ts';
import type { MembersFilter, MembersSort } from '#lib/members/list-members.ts';

/** The order a first click on a column gives: names from A, activity and requests from the highest. */
const FIRST_ORDER: Record<MembersSort, SortOrder> = {
  name: 'asc',
  email: 'asc',
  role: 'asc',
  status: 'asc',
  activity: 'desc',
  requests: 'desc',
};

export function MembersSortHead({
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
  const current = sort === column ? order : null;
  const next = { sort: column, order: nextOrder(current, FIRST_ORDER[column]) };
  return (
    <SortHead
      label={label}
      order={current}
      href={hrefWith(path, { search, role, status }, next)}
      {...(align ? { align } : {})}
      className="max-xl:whitespace-normal"
    />
  );
}
