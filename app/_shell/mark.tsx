import { clsx } from 'clsx';

/** A square with the first letter of a name. Decorative. */
export function Mark({ text, small = false }: { text: string; small?: boolean }) {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        'grid shrink-0 place-items-center rounded-md bg-accent font-semibold text-on-accent',
        small ? 'size-5 text-xs' : 'size-7 text-sm',
      )}
    >
      {Array.from(text.trim())[0]?.toUpperCase() ?? '·'}
    </span>
  );
}
