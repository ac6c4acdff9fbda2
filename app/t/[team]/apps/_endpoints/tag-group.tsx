'use client';

import { clsx } from 'clsx';
import { type Dispatch, memo, type ReactNode, type SetStateAction, useId } from 'react';
import { formatNumber } from '#lib/format.ts';
import { EndpointLine } from './endpoint-line.tsx';
import type { EndpointTag, PickableEndpoint } from './group-endpoints.ts';
import { SelectAll } from './select-all.tsx';
import type { Selection } from './selection.ts';

export function TagGroup({
  tag,
  apiTitle,
  open,
  onToggle,
  selected,
  setSelected,
  icon,
}: {
  tag: EndpointTag;
  apiTitle: string;
  open: boolean;
  onToggle: () => void;
  selected: Selection;
  setSelected: Dispatch<SetStateAction<Selection>>;
  icon: ReactNode;
}) {
  const id = useId();
  return (
    <fieldset className="min-w-0 border-t border-line">
      <legend className="sr-only">
        {tag.name}, {apiTitle}
      </legend>
      <div className="flex items-center justify-between gap-3 py-1 pr-3 pl-2">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? id : undefined}
          onClick={onToggle}
          className={clsx(
            'flex min-w-0 flex-1 items-center gap-2 rounded-md px-2 py-1.5 text-left hover:bg-sunken [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted [&_svg]:transition-transform',
            open && '[&_svg]:rotate-90',
          )}
        >
          {icon}
          <span className="truncate font-medium">{tag.name}</span>
          <span className="text-sm text-muted tabular-nums">
            {formatNumber(tag.endpoints.length)}
            <span className="sr-only"> endpoints</span>
          </span>
        </button>
        <SelectAll
          of={tag.name}
          ids={tag.endpoints.map((endpoint) => endpoint.id)}
          selected={selected}
          setSelected={setSelected}
        />
      </div>
      {open && (
        <ul id={id} className="pb-2">
          {tag.endpoints.map((endpoint) => (
            <Row
              key={endpoint.id}
              endpoint={endpoint}
              checked={selected.has(endpoint.id)}
              setSelected={setSelected}
            />
          ))}
        </ul>
      )}
    </fieldset>
  );
}

/** Memoized, and not rendered while off screen: a group can have a thousand rows. */
const Row = memo(function Row({
  endpoint,
  checked,
  setSelected,
}: {
  endpoint: PickableEndpoint;
  checked: boolean;
  setSelected: Dispatch<SetStateAction<Selection>>;
}) {
  return (
    <li className="[contain-intrinsic-size:auto_36px] [content-visibility:auto]">
      <label
        className={clsx(
          'flex cursor-pointer items-center gap-3 py-1.5 pr-5 pl-9 hover:bg-sunken max-sm:items-start max-sm:pl-5',
          checked && 'bg-accent-soft hover:bg-accent-soft',
        )}
      >
        <input
          type="checkbox"
          checked={checked}
          onChange={(event) => {
            const on = event.target.checked;
            setSelected((before) => {
              const next = new Set(before);
              if (on) next.add(endpoint.id);
              else next.delete(endpoint.id);
              return next;
            });
          }}
          className="size-4 shrink-0 accent-(--background-color-accent) max-sm:mt-0.5"
        />
        <EndpointLine endpoint={endpoint} />
      </label>
    </li>
  );
});
