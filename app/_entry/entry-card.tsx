import type { ReactNode } from 'react';

/** A page of the entry: title, one sentence, a form, and where else one may want to go. */
export function EntryCard({
  title,
  description,
  children,
  footer,
}: {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <>
      <section className="rounded-lg border border-line bg-surface p-6">
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {description && <div className="mt-1 text-muted">{description}</div>}
        {children && <div className="mt-5">{children}</div>}
      </section>
      {footer && <div className="mt-4 px-1 text-muted">{footer}</div>}
    </>
  );
}
