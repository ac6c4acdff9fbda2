'use client';

import { type ComponentProps, type MouseEvent, useEffect, useState } from 'react';
import { Button } from './button.tsx';

const GUARD_MS = 500;

/** False for half a second after the component appears, so that a double click or a second Enter has no effect. */
export function useGuard(): boolean {
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReady(true), GUARD_MS);
    return () => clearTimeout(timer);
  }, []);
  return ready;
}

/** A button for destructive actions that ignores clicks for half a second after it appears. */
export function GuardedButton({ onClick, ...rest }: ComponentProps<typeof Button>) {
  const ready = useGuard();
  return (
    <Button
      {...rest}
      aria-disabled={!ready || undefined}
      onClick={(event: MouseEvent<HTMLButtonElement>) => (ready ? onClick?.(event) : event.preventDefault())}
    />
  );
}
