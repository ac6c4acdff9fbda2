import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps } from 'react';
import { Th } from './table.tsx';

export type SortOrder = 'asc' | 'desc';

/** The head of a column that sorts: a link to the order that a click gives, its present order said to everybody. */
export function SortHead({
  label,
  order,
  href,
  ...rest
}: {
  label: string;
  /** How the table is sorted by this column; null where it is sorted by another. */
  order: SortOrder | null;
  href: ComponentProps<typeof Link>['href'];
} & Omit<ComponentProps<typeof Th>, 'aria-sort' | 'children'>) {
  const Arrow = order === 'asc' ? ArrowUp : ArrowDown;
  return (
    <Th {...rest} aria-sort={order ? (order === 'asc' ? 'ascending' : 'descending') : undefined}>
      <Link href={href} scroll={false} className="inline-flex items-center gap-1 rounded-sm hover:text-ink">
        {label}
        {order && <Arrow aria-hidden="true" className="size-3.5" />}
      </Link>
    </Th>
  );
}

/** The order that a click on a column's head gives: the other one where the table is sorted by it already. */
export const nextOrder = (order: SortOrder | null, first: SortOrder): SortOrder =>
  order === null ? first : order === 'asc' ? 'desc' : 'asc';
