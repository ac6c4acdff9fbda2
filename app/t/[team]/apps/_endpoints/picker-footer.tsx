import type { ReactNode } from 'react';

/** Stays in sight below the picker: how many are selected, what is wrong with that, and the way on. */
export function PickerFooter({
  count,
  error,
  children,
}: {
  count: number;
  error: string[] | undefined;
  children: ReactNode;
}) {
  return (
    <div className="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-canvas px-4 py-3 sm:-mx-6 sm:px-6">
      <div>
        <p role="status" className="font-medium tabular-nums">
          {count === 0
            ? 'No endpoints selected'
            : `${count.toLocaleString('en-US')} ${count === 1 ? 'endpoint' : 'endpoints'} selected`}
        </p>
        {error && count === 0 && <p className="text-sm text-danger">{error.join(' ')}</p>}
      </div>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
