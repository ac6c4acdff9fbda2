'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { Spinner } from '#app/_components/spinner.tsx';
import { StatusCode } from '#app/_components/status-code.tsx';
import { Tabs } from '#app/_components/tabs.tsx';
import { curlSnippet } from '#app/_keys/snippets.ts';
import { formatBytes, formatMs } from '#lib/format.ts';
import { limitTexts } from '#lib/tester/limit-text.ts';
import { ResponseBody } from './response-body.tsx';
import { failureText, type Succeeded } from './send-result.ts';
import type { SendState } from './use-send.ts';

/** The response. Screen readers announce its first line as soon as it arrives. */
export function ResponsePanel({
  team,
  gatewayUrl,
  state,
}: {
  team: string;
  gatewayUrl: string;
  state: SendState;
}) {
  return (
    <Card title="Response" className="xl:sticky xl:top-20">
      <p role="status" className="sr-only">
        {spoken(state)}
      </p>
      {state.status === 'idle' && (
        <p className="text-muted">The response’s status, headers, body and timing appear here.</p>
      )}
      {state.status === 'sending' && (
        <p className="flex items-center gap-2 text-muted">
          <Spinner /> Sending…
        </p>
      )}
      {state.status === 'failed' && (
        <Callout tone={state.failed.reason === 'cancelled' ? 'neutral' : 'danger'} title="No response">
          {failureText(state.failed)}
        </Callout>
      )}
      {state.status === 'succeeded' && (
        <ResponseView team={team} gatewayUrl={gatewayUrl} result={state.result} />
      )}
    </Card>
  );
}

function spoken(state: SendState): string {
  if (state.status === 'sending') return 'Sending the request';
  if (state.status === 'failed') return `No response. ${failureText(state.failed)}`;
  if (state.status !== 'succeeded') return '';
  const { status, statusText, timeMs, sizeBytes } = state.result.response;
  return `Response ${status} ${statusText} in ${formatMs(timeMs)}, ${formatBytes(sizeBytes)}`;
}

function ResponseView({ team, gatewayUrl, result }: { team: string; gatewayUrl: string; result: Succeeded }) {
  const { response, explanation, requestId } = result;
  const limits = limitTexts(response.headers);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <dl className="flex flex-wrap gap-x-6 gap-y-2">
        <Figure term="Status">
          <StatusCode value={response.status} /> {response.statusText}
        </Figure>
        <Figure term="Time">
          {formatMs(response.timeMs)}{' '}
          <span className="text-muted">({formatMs(response.firstByteMs)} to first byte)</span>
        </Figure>
        <Figure term="Size">{formatBytes(response.sizeBytes)}</Figure>
        {requestId && (
          <Figure term="Request ID">
            <Link
              href={`/t/${team}/logs/${requestId}`}
              prefetch={false}
              className="font-mono text-sm break-all text-accent underline underline-offset-4"
            >
              {requestId}
            </Link>
          </Figure>
        )}
      </dl>
      {explanation && (
        <Callout tone="warning" title={explanation.title}>
          {explanation.advice}{' '}
          <Link href={`/docs/errors/${explanation.code}`} className="underline underline-offset-4">
            About {explanation.code}
          </Link>
        </Callout>
      )}
      {response.incomplete && (
        <Callout tone="warning" title="Incomplete response">
          The connection closed early, or the response is larger than the tester reads (16 MB).
        </Callout>
      )}
      <Tabs
        label="Parts of the response"
        items={[
          { value: 'body', label: 'Body', content: <ResponseBody body={response.body} /> },
          { value: 'headers', label: 'Headers', content: <Headers headers={response.headers} /> },
          { value: 'curl', label: 'curl', content: <Curl gatewayUrl={gatewayUrl} result={result} /> },
        ]}
      />
      {limits.length > 0 && (
        <section aria-label="Limits">
          <ul className="flex flex-col gap-1 text-sm text-muted">
            {limits.map((words) => (
              <li key={words}>{words}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Figure({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{term}</dt>
      <dd className="tabular-nums">{children}</dd>
    </div>
  );
}

function Headers({ headers }: { headers: readonly [string, string][] }) {
  return (
    <dl className="divide-y divide-line rounded-lg border border-line">
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a header can occur twice, and the order never changes.
        <div key={index} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-[12rem_1fr]">
          <dt className="font-mono text-sm break-all text-muted">{name}</dt>
          <dd className="font-mono text-sm break-all">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The same request as a curl command. The portal doesn't have the secret key, so there is a placeholder. */
function Curl({ gatewayUrl, result }: { gatewayUrl: string; result: Succeeded }) {
  const { method, target, headers, body } = result.call;
  const example = { method, path: target, headers: Object.fromEntries(headers), body };
  const code = curlSnippet({
    gatewayUrl,
    sharedKey: result.sharedKey,
    secretKey: 'YOUR_SECRET_KEY',
    example,
  });
  return (
    <div className="flex flex-col gap-2">
      <CodeBlock label="curl" code={code} />
      <p className="text-sm text-muted">
        Replace YOUR_SECRET_KEY with your secret key. The portal doesn’t store it.
      </p>
    </div>
  );
}
