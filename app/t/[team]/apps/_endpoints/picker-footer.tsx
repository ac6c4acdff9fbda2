import type { ReactNode } from 'react';
import { formatCount } from '#lib/format.ts';

/** Always visible below the picker: how many are selected, and the buttons. */
export function PickerFooter({ count, children }: { count: number; children: ReactNode }) {
  return (
    <div className="sticky bottom-0 z-10 -mx-4 flex flex-wrap items-center justify-between gap-3 border-t border-line bg-canvas px-4 py-3 sm:-mx-6 sm:px-6">
      <p role="status" className="font-medium tabular-nums">
        {count === 0 ? 'No endpoints selected' : `${formatCount(count, 'endpoint')} selected`}
      </p>
      <div className="flex flex-wrap gap-2">{children}</div>
    </div>
  );
}
