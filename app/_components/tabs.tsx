'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { Tabs as RadixTabs } from 'radix-ui';
import type { ReactNode } from 'react';
import { currentHref } from './current-href.ts';

const bar = 'mb-5 flex gap-1 overflow-x-auto border-b border-line';
const tab =
  'relative px-3 py-2 whitespace-nowrap text-muted hover:text-ink -outline-offset-2! rounded-t-md after:absolute after:inset-x-2 after:bottom-0 after:h-0.5';
const chosen = 'font-medium text-ink after:bg-accent';

/** Tabs that are separate pages with their own URLs. */
export function LinkTabs({
  label,
  items,
}: {
  label: string;
  items: readonly { href: string; label: ReactNode }[];
}) {
  const current = currentHref(
    items.map((item) => item.href),
    usePathname(),
    useSearchParams(),
  );
  return (
    <nav aria-label={label} className={bar}>
      {items.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          aria-current={item.href === current ? 'page' : undefined}
          className={clsx(tab, item.href === current && chosen)}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}

/** Tabs inside a page, for content without its own URL, such as code in several languages. */
export function Tabs({
  items,
  label,
}: {
  items: readonly { value: string; label: ReactNode; content: ReactNode }[];
  label?: string;
}) {
  return (
    <RadixTabs.Root defaultValue={items[0]?.value ?? ''}>
      <RadixTabs.List aria-label={label} className={clsx(bar, 'mb-3!')}>
        {items.map((item) => (
          <RadixTabs.Trigger
            key={item.value}
            value={item.value}
            className={clsx(
              tab,
              'data-[state=active]:font-medium data-[state=active]:text-ink data-[state=active]:after:bg-accent',
            )}
          >
            {item.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {items.map((item) => (
        <RadixTabs.Content key={item.value} value={item.value}>
          {item.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  );
}
