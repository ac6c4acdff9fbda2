import { clsx } from 'clsx';
import { ListFilter } from 'lucide-react';
import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { shareText } from '#app/_components/charts/numbers.ts';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatNumber } from '#lib/format.ts';
import { type Dimension, TOP, type Traffic, type TrafficRow } from '#lib/usage/types.ts';
import { DAY_MS, floor, type Span } from '#lib/usage/usage-span.ts';
import { ExportLink } from './export-link.tsx';
import { type Place, rowFilter } from './place.ts';
import { ShareBar } from './share-bar.tsx';

const NAMES: Record<Dimension, { title: string; one: string }> = {
  endpoint: { title: 'By endpoint', one: 'Endpoint' },
  app: { title: 'By application', one: 'Application' },
  key: { title: 'By key', one: 'Key' },
  member: { title: 'By member', one: 'Member' },
  environment: { title: 'By environment', one: 'Environment' },
  ip: { title: 'By client IP', one: 'Client IP' },
};
const ORDER = ['endpoint', 'key', 'ip', 'app', 'member', 'environment'] as const;
/** On narrow screens the numbers of a row are side by side, below its name. */
const NUMBER = 'whitespace-nowrap max-sm:flex-col! max-sm:items-start! max-sm:gap-0!';

/** Requests by endpoint, key, client and so on. Dimensions that are already filtered are left out. */
export function TrafficBy({ traffic, span, place }: { traffic: Traffic; span: Span; place: Place }) {
  const { scope } = place;
  const settled = (dimension: Dimension) =>
    scope.key
      ? dimension !== 'endpoint' && dimension !== 'ip'
      : dimension !== 'ip' && scope[dimension] !== undefined;
  const shown = ORDER.flatMap((dimension) => {
    const of = traffic[dimension];
    return of && of.rows.length > 0 && !settled(dimension) ? [{ dimension, ...of }] : [];
  });
  return (
    <section aria-labelledby="traffic">
      <h2 id="traffic" className="mb-3 text-lg font-semibold">
        Traffic
      </h2>
      <div className="grid items-start gap-5 xl:grid-cols-2">
        {shown.map((one) => (
          <Rows key={one.dimension} {...one} span={span} place={place} />
        ))}
      </div>
    </section>
  );
}

function Rows({
  dimension,
  rows,
  count,
  span,
  place,
}: {
  dimension: Dimension;
  rows: readonly TrafficRow[];
  count: number;
  span: Span;
  place: Place;
}) {
  const { title, one } = NAMES[dimension];
  const most = Math.max(...rows.map((row) => row.requests));
  const id = `by-${dimension}`;
  return (
    <div id={id} className={clsx('min-w-0', dimension === 'endpoint' && 'xl:col-span-2')}>
      <Card
        flush
        title={title}
        description={dimension === 'ip' ? addressesOf(span, place.now) : undefined}
        actions={<ExportLink place={place} table={dimension} of={`traffic ${title.toLowerCase()}`} />}
      >
        <Table label={title} className="rounded-none! border-x-0! border-b-0!">
          <THead>
            <Tr>
              <Th>{one}</Th>
              <Th align="right">Requests</Th>
              {dimension !== 'ip' && <Th align="right">Errors</Th>}
              <Th align="right">Rejected</Th>
            </Tr>
          </THead>
          <TBody>
            {rows.map((row) => (
              <Tr key={row.value} className="max-sm:grid! max-sm:grid-cols-3 max-sm:gap-x-3">
                <Td
                  label=""
                  className={clsx(
                    'max-sm:col-span-3',
                    dimension === 'endpoint' ? 'sm:max-w-160' : 'sm:max-w-64',
                  )}
                >
                  <Name row={row} {...{ dimension, span, place }} />
                </Td>
                <Td label="Requests" align="right" className={NUMBER}>
                  <span className="inline-flex items-center gap-3">
                    <ShareBar value={row.requests} of={most} />
                    <span className="sm:min-w-14">{formatNumber(row.requests)}</span>
                  </span>
                </Td>
                {dimension !== 'ip' && (
                  <Td label="Errors" align="right" className={NUMBER}>
                    {shareText(row.errors, row.requests)}
                  </Td>
                )}
                <Td label="Rejected" align="right" className={NUMBER}>
                  {formatNumber(row.refused)}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
        {count > TOP && (
          <p className="border-t border-line px-4 py-2.5 text-sm">
            <Link
              href={`${place.with({ all: place.query.all === dimension ? undefined : dimension })}#${id}`}
              className="underline underline-offset-4"
            >
              {place.query.all === dimension ? `Show the top ${TOP}` : `Show all ${formatNumber(count)}`}
              <span className="sr-only"> {title.toLowerCase()}</span>
            </Link>
          </p>
        )}
      </Card>
    </div>
  );
}

/** The name links to the requests; the icon beside it filters the page. */
function Name({
  row,
  dimension,
  span,
  place,
}: {
  row: TrafficRow;
  dimension: Dimension;
  span: Span;
  place: Place;
}) {
  const filter = rowFilter(dimension, row);
  const days = dimension === 'ip' ? wholeDays(span) : span;
  const mono = dimension === 'endpoint' || dimension === 'ip';
  const name = (
    <span className={mono ? 'font-mono text-sm' : undefined} title={row.note ?? undefined}>
      {row.name}
      {dimension === 'key' && (
        <span className="block truncate font-mono text-xs text-faint">{row.value.slice(0, 6)}…</span>
      )}
    </span>
  );
  return (
    <span className="flex min-w-0 items-center gap-2">
      {dimension === 'endpoint' && row.note && <MethodBadge method={row.note} />}
      {filter ? (
        <a
          href={place.log(days.from, days.to, filter)}
          className="min-w-0 truncate underline-offset-4 hover:underline"
        >
          {name}
        </a>
      ) : (
        <span className="min-w-0 truncate text-muted">{name}</span>
      )}
      {filter && dimension !== 'ip' && (
        <Link
          href={place.with({ [dimension]: row.value, all: undefined })}
          prefetch={false}
          aria-label={`Only ${row.name}${dimension === 'key' ? ` (${row.value.slice(0, 6)}…)` : ''}`}
          title="Show only this"
          className="grid size-6 shrink-0 place-items-center rounded-md text-faint hover:bg-hover hover:text-ink"
        >
          <ListFilter aria-hidden="true" className="size-3.5" />
        </Link>
      )}
    </span>
  );
}

const wholeDays = ({ from, to }: Span) => ({
  from: floor(from, 'day'),
  to: new Date(Math.ceil(to.getTime() / DAY_MS) * DAY_MS),
});

function addressesOf(span: Span, now: Date): string {
  const { from, to } = wholeDays({ ...span, to: span.to < now ? span.to : now });
  const date = (at: Date) => at.toISOString().slice(0, 10);
  const last = date(new Date(to.getTime() - DAY_MS));
  const days = date(from) === last ? last : `${date(from)} to ${last}`;
  return `Whole UTC days: ${days}. Client IPs are stored for 100 days.`;
}
