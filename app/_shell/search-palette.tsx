'use client';

import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { useEffect, useState } from 'react';
import type { NavItem } from './nav.tsx';
import { useTeamSearch } from './use-team-search.ts';

const item = 'menu-item [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted';

/** The search palette (Ctrl+K or ⌘K): pages immediately, the team's data as the server finds it. */
export function SearchPalette({ teamSlug, pages }: { teamSlug: string | undefined; pages: NavItem[] }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState('');
  const router = useRouter();
  const { groups, searching, failed } = useTeamSearch(teamSlug, text);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      setOpen((before) => !before);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);

  function go(href: string) {
    setOpen(false);
    if (href.startsWith('mailto:')) location.assign(href);
    else router.push(href);
  }

  const shownPages = pages.filter((page) => page.label.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (!next) setText('');
      }}
    >
      <Dialog.Trigger asChild>
        <button
          type="button"
          aria-keyshortcuts="Control+K Meta+K"
          className="flex h-8 shrink-0 items-center gap-2 rounded-lg border border-line-button bg-surface px-2 text-sm text-muted hover:bg-hover hover:text-ink sm:w-52"
        >
          <Search aria-hidden="true" className="size-4" />
          <span className="sr-only sm:not-sr-only">Search</span>
          <span
            aria-hidden="true"
            className="ml-auto hidden rounded-sm border border-line bg-sunken px-1 font-mono text-xs sm:block"
          >
            Ctrl K
          </span>
        </button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-appear bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 animate-appear overflow-hidden rounded-xl border border-line bg-raised shadow-popover"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Command shouldFilter={false} label="Search" loop>
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />
              <Command.Input
                value={text}
                onValueChange={setText}
                placeholder={teamSlug ? 'Pages, apps, shared keys, members, request IDs' : 'Pages'}
                maxLength={100}
                className="h-12 w-full bg-transparent text-lg outline-none placeholder:text-faint"
              />
            </div>
            <Command.List className="max-h-[min(26rem,60vh)] overflow-y-auto p-2">
              <Command.Empty className="px-2 py-8 text-center text-muted">
                {searching
                  ? 'Searching…'
                  : failed
                    ? 'Search isn’t available right now. Try again in a moment.'
                    : `No results for “${text.trim()}”.`}
              </Command.Empty>
              {shownPages.length > 0 && (
                <Group heading="Pages">
                  {shownPages.map((page) => (
                    <Command.Item
                      key={page.href}
                      value={page.href}
                      onSelect={() => go(page.href)}
                      className={item}
                    >
                      {page.icon}
                      {page.label}
                    </Command.Item>
                  ))}
                </Group>
              )}
              {groups.map((group) => (
                <Group key={group.heading} heading={group.heading}>
                  {group.hits.map((hit) => (
                    <Command.Item
                      key={hit.id}
                      value={`${group.heading} ${hit.id}`}
                      onSelect={() => go(hit.href)}
                      className={item}
                    >
                      <span className="min-w-0 flex-1 truncate">{hit.title}</span>
                      <span className="max-w-[40%] truncate text-sm sm:max-w-[55%] text-muted">
                        {hit.hint}
                      </span>
                    </Command.Item>
                  ))}
                </Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { heading: string; children: React.ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
    >
      {children}
    </Command.Group>
  );
}
