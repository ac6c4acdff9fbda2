import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { KeyRow } from '#lib/credentials/key-rows.ts';
import { StatusBadge } from './status-badge.tsx';

/** A key's status, when it expires after a rotation, and whether it was found exposed. */
export function KeyStatus({ row }: { row: Pick<KeyRow, 'status' | 'retiresAt' | 'exposedAt'> }) {
  const { status, retiresAt, exposedAt } = row;
  return (
    <span className="flex min-w-0 flex-col items-start gap-1">
      <StatusBadge status={status} />
      {status === 'retiring' && (
        <span className="text-xs text-muted">
          {retiresAt ? (
            <>
              Expires <DateTime value={retiresAt} format="datetime" />
            </>
          ) : (
            'Expires after the new key’s first use'
          )}
        </span>
      )}
      {exposedAt && <Badge tone="danger">Exposed</Badge>}
    </span>
  );
}
