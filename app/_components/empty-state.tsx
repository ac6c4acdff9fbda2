import type { ReactNode } from 'react';

/** Shown instead of an empty list: why it's empty, and what to do next. */
export function EmptyState({
  title,
  description,
  action,
  icon,
}: {
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  icon?: ReactNode;
}) {
  return (
    <div className="flex flex-col items-center rounded-lg border border-dashed border-line px-6 py-12 text-center">
      {icon && (
        <div
          aria-hidden="true"
          className="mb-3 grid size-10 place-items-center rounded-lg bg-sunken text-muted [&_svg]:size-5"
        >
          {icon}
        </div>
      )}
      <h2 className="font-semibold">{title}</h2>
      {description && <p className="mt-1 max-w-md text-muted">{description}</p>}
      {action && <div className="mt-4">{action}</div>}
    </div>
  );
}
