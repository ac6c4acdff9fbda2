import { StatusCode } from '#app/_components/status-code.tsx';
import { InlineMarkdown } from '#app/_docs/markdown.tsx';
import type { OperationDocs } from '#lib/catalog/read-operation-docs.ts';
import { MediaView } from './body-section.tsx';

type Response = OperationDocs['responses'][number];

/** The API's responses by status. The gateway's own responses are the same for all operations. */
export function ResponseSection({ responses, api }: { responses: readonly Response[]; api: string }) {
  return (
    <section aria-labelledby="responses" className="flex min-w-0 flex-col gap-3">
      <h2 id="responses" className="text-lg font-semibold">
        Responses
      </h2>
      {responses.length === 0 && <p className="text-muted">No responses documented.</p>}
      {responses.map((response) => (
        <section
          key={response.status}
          aria-label={`Response ${response.status}`}
          className="flex min-w-0 flex-col gap-1 border-l-2 border-line pl-4"
        >
          <h3 className="flex flex-wrap items-baseline gap-2">
            {/^\d{3}$/.test(response.status) ? (
              <StatusCode value={Number(response.status)} />
            ) : (
              <span className="font-mono text-sm font-medium">{response.status}</span>
            )}
            <span className="font-normal">
              <InlineMarkdown text={response.description} />
            </span>
          </h3>
          {response.headers.length > 0 && (
            <p className="text-sm text-muted">
              Headers: <code className="break-words">{response.headers.join(', ')}</code>
            </p>
          )}
          {response.media.map((media) => (
            <MediaView key={media.contentType} media={media} api={api} />
          ))}
          {response.others.length > 0 && (
            <p className="text-sm text-muted">
              Also as <code className="break-words">{response.others.join(', ')}</code>
            </p>
          )}
        </section>
      ))}
    </section>
  );
}
