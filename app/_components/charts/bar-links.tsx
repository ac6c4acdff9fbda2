'use client';

import { clsx } from 'clsx';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Grain } from '#lib/usage/usage-span.ts';
import { useReaderZone } from './reader-time.tsx';
import { barText } from './span-text.ts';

/** One bar as a link. `cells` are its values in the order of the chart's `names`. */
export type BarLink = { start: string; href: string; complete: boolean; cells: readonly string[] };

/**
 * A link over each bar, the full height of the chart. One link is in the tab order and arrow keys move to the others;
 * without JavaScript, all of them are. A tooltip shows the values on hover and focus.
 */
export function BarLinks({
  label,
  names,
  bars,
  grain,
}: {
  label: string;
  names: readonly string[];
  bars: readonly BarLink[];
  grain: Grain;
}) {
  const zone = useReaderZone();
  const inBrowser = zone === undefined;
  const list = useRef<HTMLUListElement>(null);
  const [reached, setReached] = useState<number | null>(null);
  const [shown, setShown] = useState<number | null>(null);
  const current = Math.min(reached ?? bars.length - 1, bars.length - 1);
  const text = ({ start, complete, cells }: BarLink) =>
    [
      barText(new Date(start), grain, zone),
      ...names.map((name, i) => `${name} ${cells[i]}`),
      ...(complete ? [] : ['in progress']),
    ].join(', ');

  function move(event: KeyboardEvent) {
    if (event.key === 'Escape') return setShown(null);
    const to = STEPS[event.key]?.(current, bars.length);
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    list.current?.querySelectorAll('a')[to]?.focus();
  }

  const tip = shown === null ? undefined : bars[shown];
  return (
    <>
      <ul
        ref={list}
        aria-label={label}
        className="absolute inset-0 grid"
        style={{ gridTemplateColumns: `repeat(${bars.length}, minmax(0, 1fr))` }}
        onKeyDown={move}
        onPointerLeave={() => setShown(null)}
      >
        {bars.map((bar, index) => (
          <li key={bar.start} className="min-w-0">
            <a
              href={bar.href}
              title={inBrowser ? undefined : text(bar)}
              tabIndex={inBrowser && index !== current ? -1 : undefined}
              className="block h-full rounded-sm -outline-offset-1! hover:bg-ink/5 focus-visible:bg-ink/5"
              suppressHydrationWarning
              onPointerEnter={() => setShown(index)}
              onFocus={() => {
                setReached(index);
                setShown(index);
              }}
              onBlur={() => setShown(null)}
            >
              <span className="sr-only" suppressHydrationWarning>
                {text(bar)}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {tip && shown !== null && (
        <Tip bar={tip} {...{ names, grain, zone }} place={(shown + 0.5) / bars.length} />
      )}
    </>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowLeft: (at) => Math.max(0, at - 1),
  ArrowRight: (at, count) => Math.min(count - 1, at + 1),
  Home: () => 0,
  End: (_, count) => count - 1,
};

/** Hidden from screen readers, because the link's name already has it. */
function Tip({
  bar,
  names,
  grain,
  zone,
  place,
}: {
  bar: BarLink;
  names: readonly string[];
  grain: Grain;
  zone: string | undefined;
  place: number;
}) {
  return (
    <div
      aria-hidden="true"
      className={clsx(
        'pointer-events-none absolute bottom-full z-20 mb-1 w-max max-w-64 rounded-md border border-line bg-raised px-2.5 py-1.5 text-xs shadow-popover',
        place < 0.33 ? '' : place > 0.67 ? '-translate-x-full' : '-translate-x-1/2',
      )}
      style={{ left: `${place * 100}%` }}
    >
      <div className="font-medium">{barText(new Date(bar.start), grain, zone)}</div>
      {!bar.complete && <div className="text-muted">In progress</div>}
      <dl className="mt-0.5 grid grid-cols-[auto_auto] gap-x-3 tabular-nums">
        {names.map((name, i) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="text-right">{bar.cells[i]}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
