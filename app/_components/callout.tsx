import { clsx } from 'clsx';
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Tone } from './badge.tsx';

const tones = {
  success: { icon: CircleCheck, frame: 'border-success/30 bg-success-soft', ink: 'text-success' },
  neutral: { icon: Info, frame: 'border-line bg-sunken', ink: 'text-muted' },
  warning: { icon: TriangleAlert, frame: 'border-warning/30 bg-warning-soft', ink: 'text-warning' },
  danger: { icon: CircleAlert, frame: 'border-danger/30 bg-danger-soft', ink: 'text-danger' },
  info: { icon: Info, frame: 'border-info/30 bg-info-soft', ink: 'text-info' },
} as const;

/** A note on the page. Icon and text convey what the color means. */
export function Callout({
  tone = 'neutral',
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children?: ReactNode;
}) {
  const { icon: Icon, frame, ink } = tones[tone];
  return (
    <div className={clsx('flex items-start gap-3 rounded-lg border px-4 py-3', frame)}>
      <Icon aria-hidden="true" className={clsx('mt-0.5 size-4 shrink-0', ink)} />
      <div className="min-w-0 flex-1">
        {title && <p className={clsx('font-medium', ink)}>{title}</p>}
        {children && <div className={clsx(title && 'mt-0.5')}>{children}</div>}
      </div>
    </div>
  );
}
