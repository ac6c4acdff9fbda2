'use client';

import { ChevronRight, Search } from 'lucide-react';
import { type Dispatch, type SetStateAction, useDeferredValue, useId, useMemo, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { formatCount, formatNumber } from '#lib/format.ts';
import { countEndpoints, type EndpointApi, filterEndpoints } from './group-endpoints.ts';
import { SelectAll } from './select-all.tsx';
import type { Selection } from './selection.ts';
import { TagGroup } from './tag-group.tsx';

/** Up to this many endpoints, in total or found by a search, all groups are expanded. */
const OPEN_AT_ONCE = 40;
const OPEN_WHEN_FOUND = 200;

/** Endpoints to select, by API and tag. Collapsed groups have no rows, so a catalog of thousands stays fast. */
export function EndpointPicker({
  apis,
  selected,
  setSelected,
}: {
  apis: readonly EndpointApi[];
  selected: Selection;
  setSelected: Dispatch<SetStateAction<Selection>>;
}) {
  const [query, setQuery] = useState('');
  const searched = useDeferredValue(query.trim());
  const shown = useMemo(() => filterEndpoints(apis, searched), [apis, searched]);
  const total = useMemo(() => countEndpoints(apis), [apis]);
  const found = countEndpoints(shown);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const searchId = useId();
  const openAtFirst = found <= (searched === '' ? OPEN_AT_ONCE : OPEN_WHEN_FOUND);

  return (
    <div className="min-w-0">
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="relative min-w-56 flex-1">
          <label htmlFor={searchId} className="sr-only">
            Search endpoints
          </label>
          <Search
            aria-hidden="true"
            className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-muted"
          />
          <input
            id={searchId}
            type="search"
            value={query}
            onChange={(event) => setQuery(event.target.value)}
            // Otherwise Enter in the search field submits the form.
            onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
            placeholder="Search by path, method, tag or description"
            autoComplete="off"
            className="control pl-9!"
          />
        </div>
        <p role="status" className="text-sm text-muted tabular-nums">
          {searched === ''
            ? formatCount(total, 'endpoint')
            : `${formatNumber(found)} of ${formatNumber(total)} endpoints match`}
        </p>
        <Button
          size="sm"
          variant="ghost"
          disabled={selected.size === 0}
          onClick={() => setSelected(new Set())}
        >
          Clear selection
        </Button>
      </div>
      {found === 0 && (
        <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-muted">
          No endpoint matches “{searched}”.
        </p>
      )}
      <div className="flex flex-col gap-4">
        {shown.map((api) => (
          <section
            key={api.slug}
            aria-label={api.title}
            className="overflow-hidden rounded-lg border border-line bg-surface"
          >
            <header className="flex items-center justify-between gap-3 bg-sunken py-2.5 pr-3 pl-4">
              <h2 className="min-w-0 truncate font-semibold">{api.title}</h2>
              <SelectAll
                of={api.title}
                ids={api.tags.flatMap((tag) => tag.endpoints.map((endpoint) => endpoint.id))}
                selected={selected}
                setSelected={setSelected}
              />
            </header>
            {api.tags.map((tag) => {
              const key = `${searched}\n${api.slug}\n${tag.name}`;
              return (
                <TagGroup
                  key={`${api.slug}\n${tag.name}`}
                  tag={tag}
                  apiTitle={api.title}
                  open={openAtFirst !== toggled.has(key)}
                  onToggle={() => setToggled((before) => without(before, key))}
                  selected={selected}
                  setSelected={setSelected}
                  icon={<ChevronRight aria-hidden="true" />}
                />
              );
            })}
          </section>
        ))}
      </div>
    </div>
  );
}

/** A set with one element added or removed. */
function without(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(key)) next.add(key);
  return next;
}
