'use client';

import { useSyncExternalStore } from 'react';
import { type DateFormat, dateText } from './date-text.ts';

const noSubscription = () => () => {};

/**
 * A date and time in the reader's time zone, with UTC on hover. The server doesn't know the reader's zone, so it renders
 * UTC, and the browser replaces it.
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
