'use client';

import { CopyButton } from './copy-button.tsx';

/** Code to copy. `label` names it, such as "curl" or ".env". */
export function CodeBlock({ code, label }: { code: string; label: string }) {
  return (
    <figure className="overflow-hidden rounded-lg border border-line bg-sunken">
      <figcaption className="flex items-center justify-between gap-3 border-b border-line py-1 pr-1 pl-4">
        <span className="text-sm text-muted">{label}</span>
        <CopyButton value={code} name={label} variant="ghost" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable content must be reachable by keyboard. */}
      <pre tabIndex={0} className="overflow-x-auto px-4 py-3 text-sm leading-relaxed -outline-offset-2!">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
