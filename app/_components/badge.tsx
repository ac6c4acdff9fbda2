import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export type Tone = 'success' | 'neutral' | 'warning' | 'danger' | 'info';

const looks: Record<Tone, { badge: string; dot: string }> = {
  success: { badge: 'bg-success-soft text-success', dot: 'bg-success' },
  neutral: { badge: 'bg-sunken text-muted', dot: 'bg-line-strong' },
  warning: { badge: 'bg-warning-soft text-warning', dot: 'bg-warning' },
  danger: { badge: 'bg-danger-soft text-danger', dot: 'bg-danger' },
  info: { badge: 'bg-info-soft text-info', dot: 'bg-info' },
};

/** A state: a dot and a word, so that colour is never alone in saying it. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span
      className={clsx(
        'inline-flex h-5.5 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        looks[tone].badge,
      )}
    >
      <span aria-hidden="true" className={clsx('size-1.5 rounded-full', looks[tone].dot)} />
      {children}
    </span>
  );
}
