'use client';

import { useSyncExternalStore } from 'react';
import { type DateFormat, dateText } from './date-text.ts';

const noSubscription = () => () => {};

/**
 * A moment in the reader's zone, UTC on hover. The server knows no reader, so its markup says UTC;
 * the browser puts its own zone in its place.
 */
export function DateTime({ value, format = 'datetime' }: { value: string | Date; format?: DateFormat }) {
  const inBrowser = useSyncExternalStore(
    noSubscription,
    () => true,
    () => false,
  );
  const date = new Date(value);
  const utc = `${dateText(date, 'datetime', { timeZone: 'UTC', seconds: true })} UTC`;
  return (
    <time
      dateTime={date.toISOString()}
      title={utc}
      className="whitespace-nowrap tabular-nums"
      suppressHydrationWarning
    >
      {inBrowser
        ? dateText(date, format)
        : dateText(date, format === 'relative' ? 'datetime' : format, { timeZone: 'UTC' })}
    </time>
  );
}
