'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import type { ButtonSize, ButtonVariant } from './button-style.ts';
import { copyText } from './copy-text.ts';

const SAID_MS = 2_000;

/** Copies `value` and says "Copied" for two seconds, aloud too. `name` tells several such buttons apart. */
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
  /** The word is left to the accessible name and the tooltip; it still says "Copied". */
  iconOnly?: boolean;
}) {
  const [said, setSaid] = useState<'Copied' | 'Copying failed' | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <>
      <Button
        size={size}
        variant={variant}
        aria-label={name && `${said ?? label} ${name}`}
        title={iconOnly ? label : undefined}
        onClick={async () => setSaid((await copyText(value)) ? 'Copied' : 'Copying failed')}
      >
        {said === 'Copied' ? (
          <Check aria-hidden="true" className="text-success" />
        ) : (
          <Copy aria-hidden="true" />
        )}
        {iconOnly && said !== 'Copied' ? null : (said ?? label)}
      </Button>
      <span role="status" className="sr-only">
        {said}
      </span>
    </>
  );
}
