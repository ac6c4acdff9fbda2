import type { ReactNode } from 'react';

/** A page with a single message outside the shell: not found, or an error. */
export function MessagePage({
  title,
  children,
  reference,
  actions,
}: {
  title: string;
  children: ReactNode;
  /** Helps support find the error in the log. */
  reference?: string | undefined;
  actions: ReactNode;
}) {
  return (
    <main className="mx-auto flex min-h-[60vh] max-w-md flex-col justify-center px-4 py-16">
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="mt-2 text-muted">{children}</div>
      {reference && (
        <p className="mt-3 text-sm text-muted">
          Reference: <code className="text-ink select-all">{reference}</code>
        </p>
      )}
      <div className="mt-6 flex flex-wrap gap-2">{actions}</div>
    </main>
  );
}
