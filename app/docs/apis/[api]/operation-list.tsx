import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import type { ApiDocs } from '#lib/catalog/read-api-docs.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { OperationRows } from './operation-rows.tsx';
import { OperationSearch } from './operation-search.tsx';

const tagLabel = (tag: string) => tag || 'Other operations';
const count = (n: number) => formatCount(n, 'operation');

/** The operations by tag. Large APIs show their tags and search results instead. */
export function OperationList({
  api,
  filter,
}: {
  api: ApiDocs;
  filter: { q?: string | undefined; tag?: string | undefined };
}) {
  const path = `/docs/apis/${api.slug}`;
  const groups = [...Map.groupBy(api.operations, (operation) => operation.tag)];
  const isFiltered = Boolean(filter.q) || filter.tag !== undefined;
  const left = api.found - api.operations.length;
  return (
    <section aria-labelledby="operations" className="flex min-w-0 flex-col gap-3">
      <h2 id="operations" className="text-lg font-semibold">
        Operations
      </h2>
      <div className="flex flex-wrap items-center gap-3">
        <OperationSearch path={path} q={filter.q ?? ''} tag={filter.tag} />
        <p role="status" className="text-sm text-muted tabular-nums">
          {isFiltered ? `${formatNumber(api.found)} of ${count(api.total)}` : count(api.total)}
          {filter.tag !== undefined && ` in ${tagLabel(filter.tag)}`}
        </p>
        {isFiltered && (
          <LinkButton href={`${path}#operations`} scroll={false} size="sm" variant="ghost">
            Show all
          </LinkButton>
        )}
      </div>
      {isFiltered && api.found === 0 && (
        <p className="rounded-lg border border-dashed border-line px-4 py-8 text-center text-muted">
          No matching operations. Try part of a path, a word from the summary, or an operation ID.
        </p>
      )}
      {!api.complete && <TagChoice api={api} path={path} />}
      {groups.map(([tag, operations]) => (
        <section
          key={tag}
          aria-label={tagLabel(tag)}
          className="min-w-0 overflow-hidden rounded-lg border border-line bg-surface"
        >
          <h3 className="bg-sunken px-4 py-2 font-semibold break-words">{tagLabel(tag)}</h3>
          <OperationRows operations={operations} path={path} />
        </section>
      ))}
      {isFiltered && left > 0 && (
        <p className="text-muted">{count(left)} more: search for more words to narrow this down.</p>
      )}
    </section>
  );
}

function TagChoice({ api, path }: { api: ApiDocs; path: string }) {
  return (
    <ul className="grid gap-x-4 gap-y-1 rounded-lg border border-line bg-surface p-4 sm:grid-cols-2 lg:grid-cols-3">
      {api.tags.map(({ name, operations }) => (
        <li key={name} className="flex min-w-0 items-baseline justify-between gap-2">
          <Link
            href={`${path}?tag=${encodeURIComponent(name)}#operations`}
            prefetch={false}
            className="min-w-0 truncate text-accent underline-offset-4 hover:underline"
          >
            {tagLabel(name)}
          </Link>
          <span className="text-sm text-muted tabular-nums">{formatNumber(operations)}</span>
        </li>
      ))}
    </ul>
  );
}
