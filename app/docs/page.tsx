import { BookOpen } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { InlineMarkdown } from '#app/_docs/markdown.tsx';
import { database } from '#db/client.ts';
import { listDocumentedApis } from '#lib/catalog/list-documented-apis.ts';
import { formatCount } from '#lib/format.ts';
import { requireReader } from './current-team.ts';

export const metadata: Metadata = { title: 'API Documentation' };

export default async function DocsPage() {
  const user = await requireReader('/docs');
  const apis = await listDocumentedApis({ db: database(), user });
  return (
    <>
      <PageHeader
        title="API Documentation"
        description={
          <>
            What each API accepts and returns, and how to call it. For errors of the gateway, see{' '}
            <Link href="/docs/errors" className="text-accent underline underline-offset-4">
              Error codes
            </Link>
            .
          </>
        }
      />
      {apis.length === 0 ? (
        <EmptyState
          icon={<BookOpen />}
          title="No API yet"
          description="Documentation appears here once the operator imports an OpenAPI document."
        />
      ) : (
        <ul className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
          {apis.map((api) => (
            <li
              key={api.slug}
              className="relative flex min-w-0 flex-col gap-1 rounded-lg border border-line bg-surface p-5 has-[a:hover]:border-line-strong"
            >
              <h2 className="font-semibold break-words">
                <Link
                  href={`/docs/apis/${api.slug}`}
                  className="after:absolute after:inset-0 after:rounded-lg"
                >
                  {api.title}
                </Link>
              </h2>
              <p className="line-clamp-3 break-words text-muted">
                <InlineMarkdown text={firstParagraph(api.description) || 'No description.'} />
              </p>
              <p className="mt-auto pt-3 text-sm text-muted tabular-nums">
                {formatCount(api.endpoints, 'operation')}
                {api.version && ` · version ${api.version}`}
              </p>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const firstParagraph = (text: string) =>
  text
    .trim()
    .split(/\n\s*\n/)[0]!
    .slice(0, 400);
