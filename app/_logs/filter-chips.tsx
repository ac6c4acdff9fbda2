import { X } from 'lucide-react';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { LogFilter } from '#lib/request-log/log-filter.ts';
import type { Chip } from './filter-labels.ts';
import { hrefWith } from './href-with.ts';

/** The active filters, each with a link that removes it. */
export function FilterChips({
  chips,
  filter,
  path,
  clearHref,
}: {
  chips: readonly Chip[];
  filter: LogFilter;
  path: string;
  clearHref: string;
}) {
  if (chips.length === 0) return null;
  const { before: _, after: __, ...kept } = filter;
  return (
    <ul aria-label="Active filters" className="mb-4 flex flex-wrap items-center gap-2">
      {chips.map(({ name, label, value, isTimestamp }) => (
        <li key={name} className="min-w-0">
          <Link
            href={hrefWith(path, kept, { [name]: undefined })}
            title="Remove this filter"
            className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full border border-line bg-sunken py-0.5 pr-2 pl-3 text-sm hover:bg-hover"
          >
            <span className="sr-only">Remove filter </span>
            <span className="min-w-0 break-all">
              <span className="text-muted">{label}:</span> {isTimestamp ? <DateTime value={value} /> : value}
            </span>
            <X aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
          </Link>
        </li>
      ))}
      <li>
        <LinkButton href={clearHref} size="sm" variant="ghost">
          Clear filters
        </LinkButton>
      </li>
    </ul>
  );
}
