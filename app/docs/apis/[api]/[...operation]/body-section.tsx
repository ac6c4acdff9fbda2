import { CodeBlock } from '#app/_components/code-block.tsx';
import { Tabs } from '#app/_components/tabs.tsx';
import { InlineMarkdown } from '#app/_docs/markdown.tsx';
import { SchemaView } from '#app/_docs/schema-view.tsx';
import type { MediaDocs, OperationDocs } from '#lib/catalog/read-operation-docs.ts';

export function BodySection({ body, api }: { body: NonNullable<OperationDocs['body']>; api: string }) {
  return (
    <section aria-labelledby="body" className="flex min-w-0 flex-col gap-2">
      <h2 id="body" className="text-lg font-semibold">
        Request body
        {body.required && <span className="ml-2 text-sm font-normal text-warning">required</span>}
      </h2>
      {body.description && (
        <p className="break-words text-muted">
          <InlineMarkdown text={body.description} />
        </p>
      )}
      {body.media.map((media) => (
        <MediaView key={media.contentType} media={media} api={api} />
      ))}
    </section>
  );
}

/** One media type: its schema and an example, as tabs. */
export function MediaView({ media, api }: { media: MediaDocs; api: string }) {
  const { contentType, tree, example } = media;
  const items = [
    ...(tree ? [{ value: 'schema', label: 'Schema', content: <SchemaView tree={tree} api={api} /> }] : []),
    ...(example
      ? [{ value: 'example', label: 'Example', content: <CodeBlock label="Example" code={example} /> }]
      : []),
  ];
  return (
    <div className="min-w-0">
      <p className="mb-1 font-mono text-sm break-all text-muted">{contentType}</p>
      {items.length > 0 && <Tabs label={contentType} items={items} />}
    </div>
  );
}
