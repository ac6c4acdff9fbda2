import { clsx } from 'clsx';

/** An HTTP status. The color is only a hint. Null: no response was recorded. */
export function StatusCode({ value }: { value: number | null | undefined }) {
  if (value === null || value === undefined) return <span className="text-faint">—</span>;
  const tone =
    value >= 500
      ? 'text-danger'
      : value >= 400
        ? 'text-warning'
        : value >= 300
          ? 'text-info'
          : 'text-success';
  return <span className={clsx('font-mono text-sm font-medium tabular-nums', tone)}>{value}</span>;
}
