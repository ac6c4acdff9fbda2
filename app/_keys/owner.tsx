import type { KeyRow } from '#lib/credentials/key-rows.ts';

/** The owner of an own key, or the member who created it. */
export function Owner({
  row,
  actorId,
}: {
  row: Pick<KeyRow, 'memberId' | 'ownerId' | 'ownerName'>;
  actorId: string;
}) {
  if (!row.ownerName) return <span className="text-faint">—</span>;
  return (
    <span className="block min-w-0">
      <span className="line-clamp-2 break-words" title={row.ownerName}>
        {row.ownerName}
      </span>
      {row.memberId !== null && (
        <span className="block text-xs text-muted">
          {row.memberId === actorId ? 'Your own key' : 'Own key'}
        </span>
      )}
    </span>
  );
}
