import { FlaskConical } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Markdown } from '#app/_docs/markdown.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { currentTeam, requireReader } from '#app/docs/current-team.ts';
import { database } from '#db/client.ts';
import { type OperationDocs, readOperationDocs } from '#lib/catalog/read-operation-docs.ts';
import { env } from '#lib/env.ts';
import { BodySection } from './body-section.tsx';
import { ParameterTable } from './parameter-table.tsx';
import { ResponseSection } from './response-section.tsx';
import { Samples } from './samples.tsx';

type Props = { params: Promise<{ api: string; operation: string[] }> };

/** An operation ID can contain slashes, such as GitHub's "repos/get". */
async function addressed(params: Props['params']) {
  const { api, operation } = await params;
  return { slug: api, key: operation.map(decoded).join('/') };
}

export const metadata: Metadata = { title: 'Operation · API Documentation' };

export default async function OperationPage({ params }: Props) {
  const { slug, key } = await addressed(params);
  const user = await requireReader(`/docs/apis/${slug}/${key}`);
  const [operation, team] = await Promise.all([
    readOperationDocs({ db: database(), user }, { slug, key }),
    currentTeam(user),
  ]);
  if (!operation) notFound();
  const { api, method, path } = operation;
  return (
    <>
      <Crumb segment={api.slug} label={api.title} />
      <Crumb segment={key.split('/')[0]!} label={operation.summary || `${method} ${path}`} />
      <PageHeader
        title={operation.summary || `${method} ${path}`}
        description={
          <span className="flex flex-wrap items-baseline gap-2">
            <MethodBadge method={method} />
            <code className="break-all">
              /{api.slug}
              {path}
            </code>
            {operation.operationId && <span className="text-sm break-all">{operation.operationId}</span>}
          </span>
        }
        actions={
          team && (
            <LinkButton
              href={`/t/${team}/tester?endpoint=${operation.id}`}
              variant="primary"
              prefetch={false}
            >
              <FlaskConical aria-hidden="true" />
              Try it
            </LinkButton>
          )
        }
      />
      <div className="flex flex-col gap-6">
        <Notes operation={operation} />
        {operation.description && <Markdown text={operation.description} />}
        <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_420px]">
          <div className="order-2 flex min-w-0 flex-col gap-6 xl:order-1">
            <ParameterTable parameters={operation.parameters} />
            {operation.body && <BodySection body={operation.body} api={api.slug} />}
            <ResponseSection responses={operation.responses} api={api.slug} />
          </div>
          <div className="order-1 flex min-w-0 flex-col gap-4 xl:sticky xl:top-20 xl:order-2">
            <CodeBlock label="URL" code={`${env().GATEWAY_URL}/${api.slug}${path}`} />
            <Samples operation={operation} gatewayUrl={env().GATEWAY_URL} />
          </div>
        </div>
        <p>
          <Link
            href={`/docs/apis/${api.slug}${operation.tag ? `?tag=${encodeURIComponent(operation.tag)}` : ''}`}
            className="text-accent underline-offset-4 hover:underline"
          >
            More operations {operation.tag ? `in ${operation.tag}` : `of ${api.title}`}
          </Link>
        </p>
      </div>
    </>
  );
}

function Notes({ operation }: { operation: OperationDocs }) {
  if (!operation.deprecated && !operation.productionOnly) return null;
  return (
    <div className="flex flex-col gap-3">
      {operation.deprecated && (
        <Callout tone="warning" title="Deprecated">
          This operation may be removed. Switch to its replacement.
        </Callout>
      )}
      {operation.productionOnly && (
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone="info">Production only</Badge> Only Production keys can call this operation.
        </p>
      )}
    </div>
  );
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
