'use client';

import { clsx } from 'clsx';
import Link from 'next/link';
import { usePathname, useSearchParams } from 'next/navigation';
import { currentHref } from '#app/_components/current-href.ts';
import type { NavGroup } from './nav.tsx';

/** The sidebar's links, with the current page marked. Outside a team, its pages aren't prefetched: that counts as activity. */
export function SidebarNav({ groups, isInTeam }: { groups: NavGroup[]; isInTeam: boolean }) {
  const hrefs = groups.flatMap((group) => group.items.map((item) => item.href));
  const pathname = usePathname();
  const nearest = currentHref(hrefs, pathname, useSearchParams());
  // The dashboard's path is a prefix of all others. A page without a link, such as Notifications, isn't the dashboard.
  const above = nearest !== pathname && hrefs.some((href) => href.startsWith(`${nearest}/`));
  const current = above ? undefined : nearest;
  return (
    <nav aria-label="Main" className="flex flex-1 flex-col gap-5">
      {groups.map((group) => (
        <div key={group.label ?? ''}>
          {group.label && <h2 className="px-2.5 pb-1 text-xs font-medium text-faint">{group.label}</h2>}
          <ul className="flex flex-col gap-0.5">
            {group.items.map((item) => (
              <li key={item.href}>
                <Link
                  href={item.href}
                  {...(isInTeam ? {} : { prefetch: false })}
                  aria-current={item.href === current ? 'page' : undefined}
                  className={clsx(
                    'flex items-center gap-2.5 rounded-lg px-2.5 py-1.5 [&_svg]:size-4 [&_svg]:shrink-0',
                    item.href === current
                      ? 'bg-accent-soft font-medium text-accent'
                      : 'text-muted hover:bg-hover hover:text-ink',
                  )}
                >
                  {item.icon}
                  {item.label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
