'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useId, useState } from 'react';
import type { SchemaNode } from '#lib/catalog/schema-tree.ts';
import { InlineMarkdown } from './markdown.tsx';

/** A schema as expandable rows. Collapsed rows aren't rendered, which keeps large schemas fast. */
export function SchemaView({ tree, api }: { tree: SchemaNode; api: string }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-4 py-1">
      {tree.name === '' && <Head node={tree} api={api} top />}
      <Children node={tree} api={api} />
    </div>
  );
}

function Children({ node, api }: { node: SchemaNode; api: string }) {
  return (
    <>
      {node.choice && <p className="pt-2 text-sm text-muted">{node.choice} these:</p>}
      <ul className="divide-y divide-line">
        {node.children?.map((child) => (
          <Line key={child.name} node={child} api={api} />
        ))}
      </ul>
      {node.left ? (
        <p className="py-2 text-sm text-muted">
          {node.left} more {node.left === 1 ? 'property' : 'properties'}, not shown here.
        </p>
      ) : null}
    </>
  );
}

function Line({ node, api }: { node: SchemaNode; api: string }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const below = node.children?.length ?? 0;
  return (
    <li className="py-2">
      <Head node={node} api={api} />
      {below > 0 && (
        <>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            onClick={() => setOpen(!open)}
            className="mt-1 inline-flex items-center gap-1 rounded-sm text-sm text-accent"
          >
            <ChevronRight aria-hidden="true" className={`size-3.5 ${open ? 'rotate-90' : ''}`} />
            {open ? 'Hide' : 'Show'} {below} {below === 1 ? 'entry' : 'entries'}
            <span className="sr-only"> of {node.name}</span>
          </button>
          {open && (
            <div id={id} className="mt-1 ml-1.5 border-l border-line pl-4">
              <Children node={node} api={api} />
            </div>
          )}
        </>
      )}
    </li>
  );
}

function Head({ node, api, top = false }: { node: SchemaNode; api: string; top?: boolean }) {
  const closed = !node.children;
  return (
    <div className={top ? 'border-b border-line py-2' : undefined}>
      <div className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5">
        {node.name && <code className="font-medium break-all">{node.name}</code>}
        <span className="text-sm text-muted">{node.type}</span>
        {node.required && <span className="text-sm font-medium text-warning">required</span>}
        {node.model &&
          (closed || top ? (
            <Link
              href={`/docs/apis/${api}/schemas/${encodeURIComponent(node.model)}`}
              prefetch={false}
              className="font-mono text-sm break-all text-accent underline-offset-4 hover:underline"
            >
              {node.model}
            </Link>
          ) : (
            <span className="font-mono text-sm break-all text-muted">{node.model}</span>
          ))}
        {node.facts?.map((fact) => (
          <span key={fact} className="rounded-sm bg-sunken px-1.5 text-sm break-all text-muted">
            {fact}
          </span>
        ))}
      </div>
      {node.description && (
        <p className="mt-0.5 break-words text-muted">
          <InlineMarkdown text={node.description} />
        </p>
      )}
      {node.values && <Values values={node.values} />}
      {closed && node.left ? (
        <p className="mt-0.5 text-sm text-muted">
          {node.left} {node.left === 1 ? 'entry' : 'entries'} below, not shown here.
        </p>
      ) : null}
    </div>
  );
}

/** The values of an enum. */
export function Values({ values }: { values: readonly string[] }) {
  return (
    <p className="mt-1 flex flex-wrap items-baseline gap-1 text-sm">
      <span className="text-muted">One of</span>
      {values.map((value) => (
        <code key={value} className="rounded-sm bg-sunken px-1.5 break-all">
          {value}
        </code>
      ))}
    </p>
  );
}
