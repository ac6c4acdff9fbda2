'use client';

import { Download } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from '#app/_components/button.tsx';
import { Callout } from '#app/_components/callout.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';

/** Recovery codes, shown only once. */
export function RecoveryCodes({ title, codes, done }: { title: string; codes: string[]; done: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const text = `${codes.join('\n')}\n`;
  return (
    <div className="flex flex-col gap-4">
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        {title}
      </h3>
      <Callout tone="warning" title="Store your recovery codes now">
        They’re shown only once. Each code signs you in once if you don’t have your phone.
      </Callout>
      <ul
        aria-label="Recovery codes"
        className="grid gap-x-6 gap-y-1 rounded-lg border border-line bg-sunken px-4 py-3 font-mono text-sm sm:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap items-center gap-2">
        <CopyButton value={text} name="recovery codes" size="md" />
        <Button onClick={() => download(text)}>
          <Download aria-hidden="true" />
          Download
        </Button>
        {done}
      </div>
    </div>
  );
}

function download(text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), {
    href: url,
    download: 'latchkey-recovery-codes.txt',
  });
  link.click();
  URL.revokeObjectURL(url);
}
