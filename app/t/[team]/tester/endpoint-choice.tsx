'use client';

import { Command } from 'cmdk';
import { ChevronDown, Search } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useId, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { useEndpointSearch } from './use-endpoint-search.ts';

type Shown = { id: string; apiSlug: string; method: string; path: string; summary: string };

/** The endpoint to call, found by searching those the key's app is connected to. */
export function EndpointChoice({
  team,
  keyId,
  value,
  onChange,
}: {
  team: string;
  keyId: string;
  value: Shown | null;
  onChange: (endpointId: string) => void;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const [active, setActive] = useState('');
  const { found, searching, failed, retry } = useEndpointSearch(team, keyId, text, open);
  // Results arrive after typing. Enter selects the first one.
  const marked = found.find((endpoint) => endpoint.id === active) ?? found[0];
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <span id={`${id}-label`} className="w-fit font-medium">
        Endpoint
      </span>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <button
            type="button"
            aria-labelledby={`${id}-label ${id}-value`}
            className="control flex items-center gap-2 text-left"
          >
            <span id={`${id}-value`} className="flex min-w-0 flex-1 items-center gap-2">
              {value ? <Name endpoint={value} /> : <span className="text-faint">Choose an endpoint</span>}
            </span>
            <ChevronDown aria-hidden="true" className="size-4 shrink-0 text-muted" />
          </button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="start"
            sideOffset={4}
            aria-label="Choose an endpoint"
            className="z-40 w-[max(var(--radix-popover-trigger-width),min(36rem,calc(100vw-2rem)))] max-w-[calc(100vw-1rem)] animate-appear overflow-hidden rounded-lg border border-line bg-raised shadow-popover"
          >
            <Command
              shouldFilter={false}
              label="Endpoints"
              loop
              value={marked?.id ?? ''}
              onValueChange={setActive}
            >
              <div className="flex items-center gap-2 border-b border-line px-3">
                <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
                <Command.Input
                  value={text}
                  onValueChange={setText}
                  maxLength={200}
                  placeholder="Search by path, method, summary or operation ID"
                  className="h-10 w-full bg-transparent outline-none placeholder:text-faint"
                />
              </div>
              {failed ? (
                <div role="alert" className="flex flex-col items-center gap-2 px-2 py-5 text-muted">
                  Search isn’t available right now.
                  <Button size="sm" onClick={retry}>
                    Try again
                  </Button>
                </div>
              ) : (
                found.length === 0 && (
                  <p role="status" className="px-2 py-6 text-center text-muted">
                    {searching ? 'Searching…' : 'No connected endpoints match.'}
                  </p>
                )
              )}
              <Command.List
                label="Endpoints"
                className={found.length === 0 ? 'hidden' : 'max-h-80 overflow-y-auto p-1.5'}
              >
                {found.map((endpoint) => (
                  <Command.Item
                    key={endpoint.id}
                    value={endpoint.id}
                    className="menu-item"
                    onSelect={() => {
                      setOpen(false);
                      if (endpoint.id !== value?.id) onChange(endpoint.id);
                    }}
                  >
                    <Name endpoint={endpoint} />
                    <span className="ml-auto hidden max-w-[45%] truncate text-sm text-muted sm:inline">
                      {endpoint.summary}
                    </span>
                  </Command.Item>
                ))}
              </Command.List>
            </Command>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      {value && <p className="min-h-5 truncate text-sm text-muted">{value.summary}</p>}
    </div>
  );
}

function Name({ endpoint }: { endpoint: Shown }) {
  return (
    <>
      <MethodBadge method={endpoint.method} />
      <span className="min-w-0 truncate font-mono text-sm">
        /{endpoint.apiSlug}
        {endpoint.path}
      </span>
    </>
  );
}
