'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import type { ButtonSize, ButtonVariant } from './button-style.ts';
import { copyText } from './copy-text.ts';

const SHOWN_MS = 2_000;

/** Copies `value` and shows and announces "Copied" for two seconds. `name` distinguishes several copy buttons. */
export function CopyButton({
  value,
  label = 'Copy',
  name,
  size = 'sm',
  variant = 'secondary',
  iconOnly = false,
}: {
  value: string;
  label?: string;
  name?: string;
  size?: ButtonSize;
  variant?: ButtonVariant;
  /** Shows the label only as accessible name and tooltip. "Copied" is still shown. */
  iconOnly?: boolean;
}) {
  const [result, setResult] = useState<'Copied' | 'Copy failed' | null>(null);
  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => setResult(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [result]);
  return (
    <>
      <Button
        size={size}
        variant={variant}
        aria-label={name && `${result ?? label} ${name}`}
        title={iconOnly ? label : undefined}
        onClick={async () => setResult((await copyText(value)) ? 'Copied' : 'Copy failed')}
      >
        {result === 'Copied' ? (
          <Check aria-hidden="true" className="text-success" />
        ) : (
          <Copy aria-hidden="true" />
        )}
        {iconOnly && result !== 'Copied' ? null : (result ?? label)}
      </Button>
      <span role="status" className="sr-only">
        {result}
      </span>
    </>
  );
}
