'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import type { LogFilter } from '#lib/request-log/log-filter.ts';
import type { Chip } from './filter-labels.ts';

const FORMATS = [
  { value: 'csv', label: 'CSV', hint: 'For spreadsheets' },
  { value: 'ndjson', label: 'NDJSON', hint: 'For programs: one JSON object a line' },
];

/** The log as filtered, as a file: what will be in it, and the two formats. */
export function ExportDialog({
  team,
  filter,
  chips,
  retentionDays,
}: {
  team: string;
  filter: LogFilter;
  chips: readonly Chip[];
  retentionDays: number;
}) {
  const [open, setOpen] = useState(false);
  const { before: _, after: __, ...kept } = filter;
  const hasTime = filter.from !== undefined || filter.to !== undefined;
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title="Export requests"
      description={
        chips.length === 0
          ? 'All requests you can see, the newest first, times in UTC.'
          : `The requests that fit the filters (${chips.map(({ label, value }) => `${label}: ${value}`).join(', ')}), the newest first, times in UTC.`
      }
      trigger={
        <Button size="sm">
          <Download aria-hidden="true" />
          Export
        </Button>
      }
    >
      <form
        method="post"
        action={`/t/${team}/logs/export`}
        noValidate
        className="flex flex-col gap-4"
        onSubmit={() => {
          // Later: a form that is gone by then is not sent.
          setTimeout(() => setOpen(false));
          toast('The export has begun. Your browser shows how far it is.');
        }}
      >
        {Object.entries(kept).map(([name, value]) =>
          value ? <input key={name} type="hidden" name={name} value={value} /> : null,
        )}
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-2 font-medium">Format</legend>
          {FORMATS.map(({ value, label, hint }, i) => (
            <label key={value} className="flex items-baseline gap-2.5">
              <input
                type="radio"
                name="format"
                value={value}
                defaultChecked={i === 0}
                className="accent-(--background-color-accent)"
              />
              <span>
                {label} <span className="text-muted">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {!hasTime && (
          <p className="text-muted">
            No time is chosen, so the file holds all that is kept: {retentionDays} days at most. Choose a time
            in the filters for a smaller one.
          </p>
        )}
        <p className="text-muted">One export at a time. It stands in the audit log.</p>
        <Button type="submit" variant="primary" className="self-start">
          Download
        </Button>
      </form>
    </Dialog>
  );
}
