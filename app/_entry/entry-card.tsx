import type { ReactNode } from 'react';

/** A page for people who aren't signed in: title, one sentence, a form, and links to the other pages. */
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
