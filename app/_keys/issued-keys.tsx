'use client';

import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { CodeBlock } from '#app/_components/code-block.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { CheckboxField, TextAreaField } from '#app/_components/field.tsx';
import { Tabs } from '#app/_components/tabs.tsx';
import { environmentLabel } from './environments.ts';
import type { Issued } from './issued.ts';
import { curlSnippet, dotEnv, goSnippet, nodeSnippet, pythonSnippet } from './snippets.ts';

export const ISSUED_HEADING = 'Successfully Generated your API Keys!';

/**
 * A new key pair, the only time it is shown. `onSafe` is called once the keys are stored: copied, downloaded or
 * acknowledged.
 */
export function IssuedKeysView({
  issued,
  onSafe,
  onDone,
}: {
  issued: Issued;
  onSafe: () => void;
  onDone: () => void;
}) {
  const [acknowledged, setAcknowledged] = useState(false);
  const { keys, appTitle, gatewayUrl } = issued;
  const envFile = dotEnv({ ...keys, gatewayUrl }, `${appTitle}, ${environmentLabel(keys.environment)}`);
  const copies = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // The secret is stored with a button in here, or by copying the text.
    const area = copies.current;
    const taken = ({ type, target }: Event) => {
      const what =
        type === 'copy' ? '[data-keeps]' : 'button[data-keeps], [data-keeps] button:not([role="tab"])';
      if (target instanceof Element && target.closest(what)) onSafe();
    };
    area?.addEventListener('click', taken);
    area?.addEventListener('copy', taken);
    return () => {
      area?.removeEventListener('click', taken);
      area?.removeEventListener('copy', taken);
    };
  }, [onSafe]);

  return (
    <div ref={copies} className="flex min-w-0 flex-col gap-5">
      <Callout tone="warning" title="Important">
        <p>Immediately copy and securely store your keys.</p>
        <p className="text-muted">
          The secret key is shown only once: Latchkey keeps no copy. Anyone who has the secret key can call
          the API as {appTitle}, with or without the shared key.
        </p>
      </Callout>
      <div className="flex flex-col gap-4">
        <KeyText label="Shared Key" value={keys.sharedKey} />
        <div data-keeps>
          <KeyText label="Secret Key" value={keys.secretKey} />
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button data-keeps onClick={() => download(envFile)}>
          <Download aria-hidden="true" />
          Download .env
        </Button>
        <p className="text-sm text-muted">
          {environmentLabel(keys.environment)} key “{keys.name}”
          {keys.expiresAt ? (
            <>
              , until <DateTime value={keys.expiresAt} />
            </>
          ) : null}
          .
        </p>
      </div>
      {!issued.example && (
        <Callout tone="info" title="No endpoints are connected yet">
          Requests with these keys are rejected until {appTitle} is connected to endpoints: open the app, then
          Connected APIs.
        </Callout>
      )}
      <section aria-label="Use the keys" data-keeps className="min-w-0">
        <h2 className="mb-1 font-semibold">Use the keys</h2>
        <Snippets issued={issued} envFile={envFile} />
      </section>
      <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
        <CheckboxField
          label="I have stored my keys"
          name="stored"
          checked={acknowledged}
          onChange={(event) => {
            setAcknowledged(event.target.checked);
            if (event.target.checked) onSafe();
          }}
        />
        <Button variant="primary" disabled={!acknowledged} onClick={onDone}>
          Done
        </Button>
      </div>
    </div>
  );
}

function KeyText({ label, value }: { label: string; value: string }) {
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-60 flex-1">
        <TextAreaField
          label={label}
          name={label}
          value={value}
          readOnly
          rows={1}
          // Keeps the secret from the browser's spell checker and autofill.
          spellCheck={false}
          autoComplete="off"
          className="min-h-9! resize-none font-mono text-sm break-all"
          onFocus={(event) => event.target.select()}
        />
      </div>
      <CopyButton value={value} name={label} size="md" />
    </div>
  );
}

function Snippets({ issued, envFile }: { issued: Issued; envFile: string }) {
  const { keys, gatewayUrl, example } = issued;
  const env = { value: 'env', label: '.env', content: <CodeBlock code={envFile} label=".env" /> };
  if (!example) return <Tabs label="Snippets" items={[env]} />;
  const input = { gatewayUrl, sharedKey: keys.sharedKey, secretKey: keys.secretKey, example };
  const snippets = [
    { value: 'curl', label: 'curl', code: curlSnippet(input) },
    { value: 'node', label: 'Node', code: nodeSnippet(input) },
    { value: 'python', label: 'Python', code: pythonSnippet(input) },
    { value: 'go', label: 'Go', code: goSnippet(input) },
  ].map(({ code, ...tab }) => ({ ...tab, content: <CodeBlock code={code} label={tab.label} /> }));
  return <Tabs label="Snippets" items={[env, ...snippets]} />;
}

function download(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  // Browsers reject file names that start with a dot.
  link.download = 'latchkey.env';
  link.click();
  // Later, because the browser reads the file asynchronously.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
