import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { Badge } from '#app/_components/badge.tsx';

/** One step of an incident: its number or a check mark, and its content. */
export function StepCard({
  number,
  title,
  done,
  pending = 'To do',
  actions,
  children,
}: {
  number: number;
  title: string;
  done: boolean;
  /** The label of a step that is not done. */
  pending?: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <li tabIndex={-1} className="min-w-0 rounded-lg border border-line bg-surface">
      <header className="flex flex-wrap items-center justify-between gap-x-3 gap-y-2 px-5 pt-4">
        <div className="flex min-w-0 items-center gap-3">
          <span
            aria-hidden="true"
            className={`grid size-7 shrink-0 place-items-center rounded-full border text-sm font-medium ${done ? 'border-transparent bg-success-soft text-success' : 'border-line-strong text-muted'}`}
          >
            {done ? <Check className="size-4" /> : number}
          </span>
          <h2 className="text-lg font-semibold">{title}</h2>
          <Badge tone={done ? 'success' : 'warning'}>{done ? 'Done' : pending}</Badge>
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      <div className="flex flex-col gap-3 px-5 pt-3 pb-5">{children}</div>
    </li>
  );
}
