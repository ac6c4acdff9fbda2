import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Card } from '#app/_components/card.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Markdown } from '#app/_docs/markdown.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { requireReader } from '#app/docs/current-team.ts';
import { database } from '#db/client.ts';
import { OperationFilter, readApiDocs } from '#lib/catalog/read-api-docs.ts';
import { env } from '#lib/env.ts';
import { Authentication } from './authentication.tsx';
import { Limits } from './limits.tsx';
import { OperationList } from './operation-list.tsx';

type Props = {
  params: Promise<{ api: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { api } = await params;
  return { title: `${api} · API Documentation` };
}

export default async function ApiDocsPage({ params, searchParams }: Props) {
  const { api: slug } = await params;
  const user = await requireReader(`/docs/apis/${slug}`);
  const filter = OperationFilter.parse(await searchParams);
  const api = await readApiDocs({ db: database(), user }, { slug, filter });
  if (!api) notFound();
  const base = `${env().GATEWAY_URL}/${api.slug}`;
  return (
    <>
      <Crumb segment={api.slug} label={api.title} />
      <PageHeader
        title={api.title}
        description={
          <nav aria-label="On this page" className="flex flex-wrap gap-x-4 gap-y-1">
            {api.version && <span>Version {api.version}</span>}
            {[
              ['#operations', 'Operations'],
              ['#authentication', 'Authentication'],
              ['#limits', 'Limits and errors'],
            ].map(([href, label]) => (
              <a key={href} href={href} className="text-accent underline-offset-4 hover:underline">
                {label}
              </a>
            ))}
          </nav>
        }
      />
      <div className="flex max-w-[960px] flex-col gap-6">
        {api.description && (
          <Card>
            <Markdown text={api.description} />
          </Card>
        )}
        <section aria-labelledby="base-url" className="flex flex-col gap-2">
          <h2 id="base-url" className="text-lg font-semibold">
            Base URL
          </h2>
          <CodeBlock label="Gateway" code={base} />
          <p className="text-muted">
            The base URL of all paths below. The gateway checks your API key and forwards the request.
          </p>
        </section>
        <OperationList api={api} filter={filter} />
        <Authentication base={base} keys={api} />
        <Limits />
      </div>
    </>
  );
}
