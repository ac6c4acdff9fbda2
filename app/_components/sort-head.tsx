import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps } from 'react';
import { Th } from './table.tsx';

export type SortOrder = 'asc' | 'desc';

/** The head of a sortable column: a link to the order a click gives. The current order is visible and announced. */
export function SortHead({
  label,
  order,
  href,
  ...rest
}: {
  label: string;
  /** The order if the table is sorted by this column, otherwise null. */
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

/** The order a click on a column's head gives: reversed if the table is already sorted by it. */
export const nextOrder = (order: SortOrder | null, first: SortOrder): SortOrder =>
  order === null ? first : order === 'asc' ? 'desc' : 'asc';
