'use client';

import { useSyncExternalStore } from 'react';
import type { Grain } from '#lib/usage/usage-span.ts';
import { barText, clockText, isUtc, tickText } from './span-text.ts';

const noSubscription = () => () => {};

/** The server knows no reader, so its markup says UTC; the browser puts its own zone in its place. */
export function useReaderZone(): string | undefined {
  const inBrowser = useSyncExternalStore(
    noSubscription,
    () => true,
    () => false,
  );
  return inBrowser ? undefined : 'UTC';
}

/** What stands under a bar. */
export function TickTime({ start, grain, days }: { start: string; grain: Grain; days: boolean }) {
  const zone = useReaderZone();
  return <span suppressHydrationWarning>{tickText(new Date(start), grain, days, zone)}</span>;
}

/** What time a bar stands for. */
export function BarTime({ start, grain }: { start: string; grain: Grain }) {
  const zone = useReaderZone();
  return (
    <time dateTime={start} className="whitespace-nowrap" suppressHydrationWarning>
      {barText(new Date(start), grain, zone)}
    </time>
  );
}

/** A time of day of today or tomorrow, in the reader's zone. */
export function ClockTime({ at }: { at: string }) {
  const zone = useReaderZone();
  return (
    <time dateTime={at} title={`${clockText(new Date(at), 'UTC')} UTC`} suppressHydrationWarning>
      {clockText(new Date(at), zone)}
      {zone ? ' UTC' : ''}
    </time>
  );
}

/** In which zone the times of a chart are. */
export function ZoneNote({ grain }: { grain: Grain }) {
  const zone = useReaderZone();
  if (isUtc(grain)) return <span>{grain === 'day' ? 'Days are UTC.' : 'Months are UTC.'}</span>;
  const name = zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return <span suppressHydrationWarning>Times are {name}.</span>;
}
