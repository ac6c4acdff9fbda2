'use client';

import { Download } from 'lucide-react';
import { useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { formatCount } from '#lib/format.ts';
import type { LogFilter } from '#lib/request-log/log-filter.ts';
import type { Chip } from './filter-labels.ts';

const FORMATS = [
  { value: 'csv', label: 'CSV', hint: 'For spreadsheets' },
  { value: 'ndjson', label: 'NDJSON', hint: 'For programs: one JSON object per line' },
];

/** Downloads the filtered log. The dialog says what the file will contain and offers two formats. */
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
          ? 'All requests you can see, newest first. Times are in UTC.'
          : `The requests that match your filters (${chips.map(({ label, value }) => `${label}: ${value}`).join(', ')}), newest first. Times are in UTC.`
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
          // After the submission: a form that is already unmounted isn't sent.
          setTimeout(() => setOpen(false));
          toast('Export started. Your browser shows the progress.');
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
            You haven’t selected a time range, so the file contains everything in the log: up to{' '}
            {formatCount(retentionDays, 'day')}. For a smaller file, filter by time first.
          </p>
        )}
        <p className="text-muted">You can run one export at a time. Exports are listed in the audit log.</p>
        <Button type="submit" variant="primary" className="self-start">
          Download
        </Button>
      </form>
    </Dialog>
  );
}
