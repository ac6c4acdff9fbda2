import { clsx } from 'clsx';
import { Check } from 'lucide-react';

const NAMES = ['Details', 'Endpoints', 'Keys'];

/** The progress in the wizard. `current` starts at 1. */
export function Steps({ current }: { current: number }) {
  return (
    <ol aria-label="Steps" className="mb-6 flex flex-wrap gap-x-6 gap-y-2">
      {NAMES.map((name, index) => {
        const done = index + 1 < current;
        const here = index + 1 === current;
        return (
          <li
            key={name}
            aria-current={here ? 'step' : undefined}
            className={clsx('flex items-center gap-2', here ? 'font-medium' : 'text-muted')}
          >
            <span
              className={clsx(
                'grid size-6 place-items-center rounded-full border text-xs font-medium tabular-nums',
                here && 'border-transparent bg-accent text-on-accent',
                done && 'border-transparent bg-success-soft text-success',
                !here && !done && 'border-line-strong',
              )}
            >
              {done ? <Check aria-label="Done:" className="size-3.5" /> : index + 1}
            </span>
            {name}
          </li>
        );
      })}
    </ol>
  );
}
