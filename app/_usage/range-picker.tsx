import { clsx } from 'clsx';
import Link from 'next/link';
import { Button } from '#app/_components/button.tsx';
import { CheckedField } from '#app/_components/checked-field.tsx';
import { FilterForm } from '#app/_components/filter-form.tsx';
import type { Grain, Span } from '#lib/usage/usage-span.ts';
import { customRangeText, type Place } from './place.ts';

const RANGES = [
  ['1h', 'Last hour'],
  ['24h', '24 hours'],
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['12mo', '12 months'],
] as const;
const GRAINS: Record<Grain, string> = {
  minute: 'Minutes',
  quarter: '15 minutes',
  hour: 'Hours',
  day: 'Days',
  month: 'Months',
};

/** Selects the time range and the interval. Links and a form, so the URL holds the selection. */
export function RangePicker({ place, span }: { place: Place; span: Span }) {
  const { query } = place;
  const custom = span.range === 'custom';
  const reset = { from: undefined, to: undefined, grain: undefined };
  return (
    <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
      <Choices label="Time range">
        {RANGES.map(([range, label]) => (
          <Choice key={range} href={place.with({ ...reset, range })} chosen={span.range === range}>
            {label}
          </Choice>
        ))}
      </Choices>
      <details className="relative">
        <summary
          className={clsx(
            'flex h-9 w-fit list-none items-center rounded-lg border px-3 text-sm [&::-webkit-details-marker]:hidden',
            custom ? 'border-line-strong bg-hover font-medium' : 'border-line text-muted hover:text-ink',
          )}
        >
          {custom ? `Custom: ${customRangeText(span)}` : 'Custom'}
        </summary>
        <FilterForm
          action={place.path}
          aria-label="Custom time range"
          className="mt-2 grid grid-cols-2 items-end gap-3 sm:absolute sm:top-full sm:left-0 sm:z-30 sm:mt-1 sm:flex sm:rounded-lg sm:border sm:border-line sm:bg-raised sm:p-4 sm:shadow-popover"
        >
          <Kept place={place} names={['app', 'key', 'member', 'endpoint', 'environment', 'compare', 'all']} />
          <CheckedField
            label="From (first day, UTC)"
            name="from"
            type="date"
            defaultValue={dateOf(query.from, span.from)}
            required
            wrong="Choose a date."
          />
          <CheckedField
            label="To (last day, UTC)"
            name="to"
            type="date"
            defaultValue={dateOf(query.to, new Date(span.to.getTime() - 1))}
            required
            wrong="Choose a date."
          />
          <Button type="submit">Show</Button>
        </FilterForm>
      </details>
      {span.grains.length > 1 && (
        <Choices label="Interval">
          {span.grains.map((grain) => (
            <Choice key={grain} href={place.with({ grain })} chosen={span.grain === grain}>
              {GRAINS[grain]}
            </Choice>
          ))}
        </Choices>
      )}
      <Link
        href={place.with({ compare: query.compare ? undefined : 'off' })}
        scroll={false}
        className="inline-flex h-9 items-center text-sm text-muted underline-offset-4 hover:text-ink hover:underline"
      >
        {query.compare ? 'Compare with previous period' : 'Hide comparison'}
      </Link>
    </div>
  );
}

const dateOf = (selected: string | undefined, shown: Date) => (selected ?? shown.toISOString()).slice(0, 10);

function Choices({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <nav aria-label={label} className="flex flex-wrap gap-0.5 rounded-lg border border-line bg-surface p-0.5">
      {children}
    </nav>
  );
}

function Choice({ href, chosen, children }: { href: string; chosen: boolean; children: React.ReactNode }) {
  return (
    <Link
      href={href}
      scroll={false}
      prefetch={false}
      aria-current={chosen ? 'true' : undefined}
      className={clsx(
        'flex h-7.5 items-center rounded-md px-2.5 text-sm whitespace-nowrap',
        chosen ? 'bg-hover font-medium text-ink' : 'text-muted hover:text-ink',
      )}
    >
      {children}
    </Link>
  );
}

/** Hidden fields for the query parameters that a form doesn't change. */
export function Kept({ place, names }: { place: Place; names: readonly (keyof Place['query'])[] }) {
  return names
    .filter((name) => !(name in place.fixed) && place.query[name] !== undefined)
    .map((name) => <input key={name} type="hidden" name={name} value={place.query[name]} />);
}
