'use client';

import { Download } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { formatBytes } from '#lib/format.ts';
import type { BodyContent } from '#lib/tester/response-body.ts';
import { hexLines } from './hex-lines.ts';

/** Longer bodies slow the page down, so they are shown on request. */
const SHOWN_MAX = 50_000;

export function ResponseBody({ body }: { body: BodyContent }) {
  if (body.kind === 'empty') return <p className="text-muted">The response has no body.</p>;
  return body.kind === 'text' ? <TextBody body={body} /> : <BinaryBody body={body} />;
}

function TextBody({ body }: { body: Extract<BodyContent, { kind: 'text' }> }) {
  const [raw, setRaw] = useState(false);
  const [whole, setWhole] = useState(false);
  const pretty = useMemo(() => prettyJson(body.text), [body.text]);
  const text = raw || pretty === null ? body.text : pretty;
  const shown = whole ? text : text.slice(0, SHOWN_MAX);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <div className="max-h-[60dvh] min-w-0 overflow-y-auto rounded-lg">
        <CodeBlock label={body.contentType || 'No content type'} code={shown} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {pretty !== null && (
          <Button size="sm" onClick={() => setRaw(!raw)}>
            {raw ? 'Show formatted' : 'Show as sent'}
          </Button>
        )}
        {shown.length < text.length && (
          <Button size="sm" onClick={() => setWhole(true)}>
            Show all {formatBytes(text.length)}
          </Button>
        )}
        <SaveButton bytes={() => new TextEncoder().encode(body.text)} name="response.txt" />
        {body.cut && <Cut />}
      </div>
    </div>
  );
}

function BinaryBody({ body }: { body: Extract<BodyContent, { kind: 'binary' }> }) {
  const bytes = useMemo(() => Uint8Array.from(atob(body.base64), (c) => c.charCodeAt(0)), [body.base64]);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <p className="text-muted">
        {body.encoding ? `Encoded as ${body.encoding}` : 'Binary response'}
        {body.contentType && `: ${body.contentType}`}. The first 512 bytes:
      </p>
      <CodeBlock label="Hexadecimal" code={hexLines(bytes)} />
      <div className="flex flex-wrap items-center gap-2">
        <SaveButton bytes={() => bytes} name="response.bin" />
        {body.cut && <Cut />}
      </div>
    </div>
  );
}

const Cut = () => (
  <span className="text-sm text-warning">
    Only the first 1 MB is shown. The rest was received and counted.
  </span>
);

/** Downloads the body as a file with a neutral type, so the browser doesn't open it. */
function SaveButton({ bytes, name }: { bytes: () => Uint8Array<ArrayBuffer>; name: string }) {
  function save() {
    const url = URL.createObjectURL(new Blob([bytes()], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
  return (
    <Button size="sm" onClick={save}>
      <Download aria-hidden="true" />
      Download
    </Button>
  );
}

/** Formatted JSON, or null for other text. Text with numbers too long for JavaScript stays as sent. */
function prettyJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text) || /\d{16}/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON.
    return null;
  }
}
