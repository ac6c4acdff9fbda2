import { clsx } from 'clsx';
import type { ReactNode } from 'react';

export function Card({
  title,
  description,
  actions,
  className,
  flush = false,
  children,
}: {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  className?: string;
  /** Without padding, for lists that extend to the border. */
  flush?: boolean;
  children?: ReactNode;
}) {
  return (
    <section className={clsx('min-w-0 rounded-lg border border-line bg-surface', className)}>
      {(title || actions) && (
        <header
          className={clsx('flex flex-wrap items-start justify-between gap-3 px-5 pt-4', flush && 'pb-3')}
        >
          <div className="min-w-0">
            {title && <h2 className="text-lg font-semibold break-words">{title}</h2>}
            {description && <p className="mt-0.5 text-muted">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      {children && <div className={clsx(!flush && 'p-5')}>{children}</div>}
    </section>
  );
}
