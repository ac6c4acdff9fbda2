import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Tone = 'success' | 'neutral' | 'warning' | 'danger' | 'info';

const tones: Record<Tone, { badge: string; dot: string }> = {
  success: { badge: 'bg-success-soft text-success', dot: 'bg-success' },
  neutral: { badge: 'bg-sunken text-muted', dot: 'bg-line-strong' },
  warning: { badge: 'bg-warning-soft text-warning', dot: 'bg-warning' },
  danger: { badge: 'bg-danger-soft text-danger', dot: 'bg-danger' },
  info: { badge: 'bg-info-soft text-info', dot: 'bg-info' },
};

/** A status: a dot and a word, so that color is never the only signal. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex h-5.5 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        tones[tone].badge,
      )}
    >
      <span aria-hidden="true" className={clsx('size-1.5 rounded-full', tones[tone].dot)} />
      {children}
    </span>
  );
}
