import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { SchemaView } from '#app/_docs/schema-view.tsx';
import { Crumb } from '#app/_shell/breadcrumbs.tsx';
import { requireReader } from '#app/docs/current-team.ts';
import { database } from '#db/client.ts';
import { readSchemaDocs } from '#lib/catalog/read-schema-docs.ts';

export const metadata: Metadata = { title: 'Schema · API Documentation' };

/** A shared schema, and the target of circular references. */
export default async function SchemaPage({ params }: { params: Promise<{ api: string; name: string[] }> }) {
  const { api: slug, name: segments } = await params;
  const name = segments.map(decoded).join('/');
  const user = await requireReader(`/docs/apis/${slug}`);
  const schema = await readSchemaDocs({ db: database(), user }, { slug, name });
  if (!schema) notFound();
  return (
    <>
      <Crumb segment={slug} label={schema.api.title} />
      <Crumb segment={name.split('/')[0]!} label={name} />
      <PageHeader title={name} description={`A schema of ${schema.api.title}.`} />
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <SchemaView tree={schema.tree} api={slug} />
        <CodeBlock label="Example" code={schema.example} />
      </div>
    </>
  );
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
