'use client';

import Link from 'next/link';
import { Badge } from '#app/_components/badge.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import type { ListedOperation } from '#lib/catalog/read-api-docs.ts';

/** Rows of operations. Rendered in the browser, so that the page contains each only once, as data. */
export function OperationRows({
  operations,
  path,
}: {
  operations: readonly ListedOperation[];
  path: string;
}) {
  return (
    <ul className="divide-y divide-line">
      {operations.map((operation) => (
        <li
          key={operation.key}
          className="relative flex flex-wrap items-baseline gap-x-3 gap-y-0.5 px-4 py-2 hover:bg-sunken/60"
        >
          <MethodBadge method={operation.method} />
          <Link
            href={`${path}/${operation.key}`}
            prefetch={false}
            className="min-w-0 font-mono text-sm break-all after:absolute after:inset-0 after:-outline-offset-2"
          >
            {operation.path}
          </Link>
          {operation.deprecated && <Badge tone="warning">Deprecated</Badge>}
          <span className="min-w-0 text-muted sm:ml-auto sm:text-right">{operation.summary}</span>
        </li>
      ))}
    </ul>
  );
}
