'use client';

import { clsx } from 'clsx';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { createContext, type ReactNode, use, useEffect, useState } from 'react';
import { crumbsOf } from './crumbs-of.ts';

type Names = Readonly<Record<string, string>>;
const Context = createContext<{ names: Names; setName: (segment: string, name: string) => void } | null>(
  null,
);

export function CrumbProvider({ children }: { children: ReactNode }) {
  const [names, setNames] = useState<Names>({});
  const setName = (segment: string, name: string) =>
    setNames((before) => (before[segment] === name ? before : { ...before, [segment]: name }));
  return <Context value={{ names, setName }}>{children}</Context>;
}

/** Sets a path segment's label in the breadcrumbs: `<Crumb segment={app.publicId} label={app.title} />`. */
export function Crumb({ segment, label }: { segment: string; label: string }) {
  const context = use(Context);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the context changes with every label.
  useEffect(() => context?.setName(segment, label), [segment, label]);
  return null;
}

export function Breadcrumbs({ teamNames }: { teamNames: Names }) {
  const names = use(Context)?.names ?? {};
  const crumbs = crumbsOf(usePathname(), { ...names, ...teamNames });
  return (
    <nav aria-label="Breadcrumbs" className="mr-auto min-w-0">
      <ol className="flex min-w-0 items-center gap-1">
        {crumbs.map(({ href, label }, index) => {
          const last = index === crumbs.length - 1;
          return (
            <li
              key={href}
              className={clsx('flex min-w-0 items-center gap-1', last ? 'shrink' : 'hidden shrink-0 sm:flex')}
            >
              {index > 0 && (
                <ChevronRight aria-hidden="true" className="hidden size-3.5 shrink-0 text-faint sm:block" />
              )}
              {last ? (
                <span aria-current="page" className="truncate font-medium">
                  {label}
                </span>
              ) : (
                <Link href={href} className="max-w-48 truncate rounded-sm text-muted hover:text-ink">
                  {label}
                </Link>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
