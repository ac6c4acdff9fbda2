import { clsx } from 'clsx';

const tones: Record<string, string> = {
  GET: 'bg-info-soft text-info',
  HEAD: 'bg-info-soft text-info',
  POST: 'bg-success-soft text-success',
  PUT: 'bg-warning-soft text-warning',
  PATCH: 'bg-warning-soft text-warning',
  DELETE: 'bg-danger-soft text-danger',
};

/** An HTTP method, at least as wide as the longest common one, so that paths line up. */
export function MethodBadge({ method }: { method: string }) {
  const name = method.toUpperCase();
  return (
    <span
      className={clsx(
        'inline-flex h-5 min-w-14 items-center justify-center rounded-sm px-1.5 font-mono text-xs font-medium',
        tones[name] ?? 'bg-sunken text-muted',
      )}
    >
      {name}
    </span>
  );
}
