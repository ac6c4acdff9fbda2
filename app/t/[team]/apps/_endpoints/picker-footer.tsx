import type { ReactNode } from 'react';

/** Stays in sight below the picker: how many are selected, and the way on. */
export function PickerFooter({ count, children }: { count: number; children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-canvas px-4 py-3 sm:-mx-6 sm:px-6">
      <p role="status" className="font-medium tabular-nums">
        {count === 0
          ? 'No endpoints selected'
          : `${count.toLocaleString('en-US')} ${count === 1 ? 'endpoint' : 'endpoints'} selected`}
      </p>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
