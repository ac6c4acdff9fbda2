'use client';

import { useSyncExternalStore } from 'react';
import type { Grain } from '#lib/usage/usage-span.ts';
import { barText, clockText, isUtc, tickText } from './span-text.ts';

const noSubscription = () => () => {};

/** UTC on the server, which doesn't know the reader's time zone; undefined (the local zone) in the browser. */
export function useReaderZone(): string | undefined {
  const inBrowser = useSyncExternalStore(
    noSubscription,
    () => true,
    () => false,
  );
  return inBrowser ? undefined : 'UTC';
}

/** The axis label of a bar. */
export function TickTime({ start, grain, days }: { start: string; grain: Grain; days: boolean }) {
  const zone = useReaderZone();
  return <span suppressHydrationWarning>{tickText(new Date(start), grain, days, zone)}</span>;
}

/** The time span of a bar. */
export function BarTime({ start, grain }: { start: string; grain: Grain }) {
  const zone = useReaderZone();
  return (
    <time dateTime={start} className="whitespace-nowrap" suppressHydrationWarning>
      {barText(new Date(start), grain, zone)}
    </time>
  );
}

/** A time of day, today or tomorrow, in the reader's time zone. */
export function ClockTime({ at }: { at: string }) {
  const zone = useReaderZone();
  return (
    <time dateTime={at} title={`${clockText(new Date(at), 'UTC')} UTC`} suppressHydrationWarning>
      {clockText(new Date(at), zone)}
      {zone ? ' UTC' : ''}
    </time>
  );
}

/** The time zone of a chart. */
export function ZoneNote({ grain }: { grain: Grain }) {
  const zone = useReaderZone();
  if (isUtc(grain)) return <span>{grain === 'day' ? 'Days are in UTC.' : 'Months are in UTC.'}</span>;
  const name = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return <span suppressHydrationWarning>Times are in {name}.</span>;
}
