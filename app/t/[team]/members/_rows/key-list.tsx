import { environmentLabel } from '#app/_keys/environments.ts';
import { formatCount } from '#lib/format.ts';
import type { MemberPreview } from '#lib/members/preview-member.ts';

/** Keys with their requests of the last 7 days, to show what would be affected. */
export function KeyList({ title, keys }: { title: string; keys: MemberPreview['keys'] }) {
  if (keys.length === 0) return null;
  return (
    <section aria-label={title}>
      <h3 className="mb-1.5 font-medium">{title}</h3>
      <ul className="max-h-52 divide-y divide-line overflow-y-auto rounded-lg border border-line">
        {keys.map((key) => (
          <li key={key.keyId} className="px-3 py-2">
            <div className="flex items-baseline justify-between gap-3">
              <span className="min-w-0 break-words">
                {key.name}{' '}
                <span className="text-sm text-muted">
                  {key.appTitle}, {environmentLabel(key.environment)}
                </span>
              </span>
              <span className="shrink-0 text-sm text-muted tabular-nums">
                {formatCount(key.calls, 'request')} in 7 days
              </span>
            </div>
            {key.endpoints.length > 0 && (
              <p className="mt-0.5 font-mono text-sm break-all text-muted">{key.endpoints.join(', ')}</p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
