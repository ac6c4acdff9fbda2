import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { database } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { listExposures } from '#lib/exposures/list-exposures.ts';
import { SOURCE_LABELS } from '#lib/exposures/sources.ts';

/** Where a key's secret was found. Nothing for a key that was never exposed. */
export async function Exposures({ member, keyId }: { member: Member; keyId: string }) {
  const exposures = await listExposures({ db: database(), member }, { keyId });
  if (exposures.length === 0) return null;
  return (
    <Card
      title="Exposures"
      description="This key’s secret was found in these locations. Others reported these locations, so be careful when you open them."
      className="border-danger/40!"
    >
      <ul className="divide-y divide-line">
        {exposures.map(({ id, source, place, note, foundAt, revoked }) => (
          <li key={id} className="py-3 first:pt-0 last:pb-0">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span className="font-medium">{SOURCE_LABELS[source]}</span>
              {revoked && <Badge tone="danger">Revoked immediately</Badge>}
              <span className="text-muted">
                <DateTime value={foundAt} />
              </span>
            </div>
            {place && <p className="mt-1 font-mono text-sm break-all">{place}</p>}
            {note && <p className="mt-1 text-muted whitespace-pre-line break-words">{note}</p>}
          </li>
        ))}
      </ul>
    </Card>
  );
}
