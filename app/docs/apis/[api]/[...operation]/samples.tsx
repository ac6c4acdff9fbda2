import { CodeBlock } from '#app/_components/code-block.tsx';
import { Tabs } from '#app/_components/tabs.tsx';
import { curlSnippet, goSnippet, nodeSnippet, pythonSnippet } from '#app/_keys/snippets.ts';
import { exampleCall } from '#lib/applications/example-call.ts';
import type { OperationDocs } from '#lib/catalog/read-operation-docs.ts';

/** The operation as a request in four languages, with placeholders for the keys. */
export function Samples({ operation, gatewayUrl }: { operation: OperationDocs; gatewayUrl: string }) {
  const { method, path, deprecated, sample, bodyExample } = operation;
  const call = exampleCall({
    ...{ method, path, deprecated, apiSlug: operation.api.slug },
    parameters: sample.parameters,
    // Builds an example body from nested schemas, too.
    requestBody: null,
  });
  const example = bodyExample
    ? {
        ...call,
        body: bodyExample.text,
        headers: { ...call.headers, 'Content-Type': bodyExample.contentType },
      }
    : call;
  const input = { gatewayUrl, sharedKey: 'YOUR_SHARED_KEY', secretKey: 'YOUR_SECRET_KEY', example };
  const samples = [
    { value: 'curl', label: 'curl', code: curlSnippet(input) },
    { value: 'node', label: 'Node', code: nodeSnippet(input) },
    { value: 'python', label: 'Python', code: pythonSnippet(input) },
    { value: 'go', label: 'Go', code: goSnippet(input) },
  ];
  return (
    <section aria-label="Code samples" className="min-w-0">
      <Tabs
        label="Code samples"
        items={samples.map(({ code, ...tab }) => ({
          ...tab,
          content: <CodeBlock label={tab.label} code={code} />,
        }))}
      />
    </section>
  );
}
