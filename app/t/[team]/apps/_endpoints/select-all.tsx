'use client';

import type { Dispatch, SetStateAction } from 'react';
import { formatNumber } from '#lib/format.ts';
import type { Selection } from './selection.ts';

/** A checkbox for a group: checked if all are, indeterminate if some are. `of` names the group. */
export function SelectAll({
  of,
  ids,
  selected,
  setSelected,
}: {
  of: string;
  ids: readonly string[];
  selected: Selection;
  setSelected: Dispatch<SetStateAction<Selection>>;
}) {
  const count = ids.reduce((sum, id) => sum + (selected.has(id) ? 1 : 0), 0);
  const all = count === ids.length;
  return (
    <label className="flex shrink-0 cursor-pointer items-center gap-2 rounded-md px-2 py-1 text-sm text-muted hover:text-ink">
      <span className="tabular-nums">
        {count > 0 && `${formatNumber(count)} of ${formatNumber(ids.length)}`}
      </span>
      <input
        type="checkbox"
        aria-label={`Select all of ${of}`}
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !all;
        }}
        onChange={() =>
          setSelected((before) => {
            const next = new Set(before);
            for (const id of ids) all ? next.delete(id) : next.add(id);
            return next;
          })
        }
        className="size-4 shrink-0 accent-(--background-color-accent)"
      />
      <span aria-hidden="true">Select all</span>
    </label>
  );
}
