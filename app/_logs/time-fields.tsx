'use client';

import { useState, useSyncExternalStore } from 'react';
import { CheckedField } from '#app/_components/checked-field.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { TIMES } from './filter-labels.ts';

const noSubscription = () => () => {};
const CHOICES = [{ value: '', label: 'Any time' }, ...TIMES, { value: 'custom', label: 'Custom range' }];

/**
 * A relative range, or a start and an end in the reader's time zone. The URL holds UTC timestamps. Without JavaScript the
 * fields are in UTC, and their labels say so.
 */
export function TimeFields({ from, to }: { from: string | undefined; to: string | undefined }) {
  const isQuick = from === undefined || TIMES.some(({ value }) => value === from);
  const [choice, setChoice] = useState(to === undefined && isQuick ? (from ?? '') : 'custom');
  return (
    <>
      <SelectField
        label="Time"
        name={choice === 'custom' || choice === '' ? '' : 'from'}
        value={choice}
        onChange={(event) => setChoice(event.target.value)}
        options={CHOICES}
      />
      {choice === 'custom' && (
        <>
          <TimestampField label="From" name="from" value={isQuick ? undefined : from} />
          <TimestampField label="To" name="to" value={to} />
        </>
      )}
    </>
  );
}

function TimestampField({ label, name, value }: { label: string; name: string; value: string | undefined }) {
  const inBrowser = useSyncExternalStore(
    noSubscription,
    () => true,
    () => false,
  );
  const [moment, setMoment] = useState(value ?? '');
  return (
    <>
      {/* Without a name this field isn't submitted; the hidden field with the UTC timestamp is. */}
      <CheckedField
        label={inBrowser ? label : `${label} (UTC)`}
        type="datetime-local"
        name={inBrowser ? '' : name}
        defaultValue={inBrowser ? localText(moment) : utcText(moment)}
        key={String(inBrowser)}
        onChange={(event) => setMoment(event.target.value ? new Date(event.target.value).toISOString() : '')}
        wrong="Enter a date and a time, or leave the field empty."
      />
      {inBrowser && <input type="hidden" name={name} value={moment} />}
    </>
  );
}

/** In the format of `datetime-local`, to the minute. */
const utcText = (moment: string): string => dateOf(moment)?.toISOString().slice(0, 16) ?? '';

function localText(moment: string): string {
  const date = dateOf(moment);
  return date ? new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16) : '';
}

function dateOf(moment: string): Date | undefined {
  const isZoned = /(Z|[+-]\d\d:\d\d)$/.test(moment) || !moment.includes('T');
  const date = new Date(isZoned ? moment : `${moment}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
