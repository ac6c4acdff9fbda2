import Link from 'next/link';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { CallersTable } from '#app/_keys/callers-table.tsx';
import type { Member } from '#lib/access/member.ts';
import { EXTENSIONS } from '#lib/credentials/extend-retirement.ts';
import type { listCallers } from '#lib/credentials/list-callers.ts';
import type { Credential } from '#lib/credentials/read-credential.ts';
import { EndNow } from './end-now.tsx';
import { Extend, type Extension } from './extend.tsx';
import { timeLeft } from './time-left.ts';

type Callers = NonNullable<Awaited<ReturnType<typeof listCallers>>>;

const HOUR_MS = 3_600_000;
const LABELS = { '24h': '24 hours from now', '7d': '7 days from now', '30d': '30 days from now' } as const;

/** A rotated key: what replaces it, when it expires, and who still uses it. */
export function RotatedKey({
  member,
  credential,
  successorName,
  listed,
}: {
  member: Member;
  credential: Credential;
  successorName: string;
  listed: Callers;
}) {
  const { status, rotatedAt, retiresAt, retiresAfterFirstUse, successorKeyId } = credential;
  const team = member.teamSlug;
  const works = status !== 'revoked' && status !== 'expired';
  const waiting = listed.callers.filter((caller) => !caller.movedAt).length;
  const extensions = works ? extensionsOf(credential) : [];
  return (
    <div className="flex flex-col gap-5">
      <Card
        title="Rotation"
        actions={
          works && (
            <>
              {extensions.length > 0 && (
                <Extend team={team} credential={credential} extensions={extensions} />
              )}
              <EndNow team={team} credential={credential} waiting={waiting} />
            </>
          )
        }
      >
        <DefinitionList
          items={[
            {
              term: 'Replaced by',
              value: (
                <Link
                  href={`/t/${team}/api-keys/${successorKeyId}`}
                  className="font-medium text-accent underline underline-offset-4"
                >
                  {successorName}
                </Link>
              ),
            },
            { term: 'Replaced', value: rotatedAt && <DateTime value={rotatedAt} /> },
            {
              term: works ? 'Expires' : 'Expired',
              value: works ? (
                <End retiresAt={retiresAt} afterFirstUse={retiresAfterFirstUse} />
              ) : (
                <DateTime value={credential.revokedAt ?? credential.endsAt ?? new Date(0)} />
              ),
            },
          ]}
        />
      </Card>
      <section aria-label="Callers of the old key">
        <h2 className="text-lg font-semibold">Callers of the old key</h2>
        <p className="mb-3 text-muted">
          Clients that used it in the last 30 days. Requests with the same IP address and user agent count as
          one caller. A caller has moved once a request with the new key succeeds.
          {listed.isPartial && ' Only the latest 10,000 requests are shown.'}
        </p>
        {listed.callers.length > 0 ? (
          <CallersTable label="Callers of the old key" callers={listed.callers} sinceRotation />
        ) : (
          <p className="rounded-lg border border-dashed border-line px-4 py-6 text-center text-muted">
            No requests in the last 30 days. {works && 'You can probably end this key now.'}
          </p>
        )}
      </section>
    </div>
  );
}

function End({ retiresAt, afterFirstUse }: { retiresAt: Date | null; afterFirstUse: boolean }) {
  if (retiresAt)
    return (
      <>
        <DateTime value={retiresAt} />
        <span className="block text-sm text-muted">In {timeLeft(retiresAt, new Date())}</span>
      </>
    );
  return afterFirstUse ? '30 days after the first use of the new key, which hasn’t been used yet' : 'Not yet';
}

/** The choices that extend it: only if it has an end other than its own expiration. */
function extensionsOf({ retiresAt, expiresAt }: Credential): Extension[] {
  if (!retiresAt || (expiresAt && retiresAt >= expiresAt)) return [];
  return Object.entries(EXTENSIONS).flatMap(([value, hours]) => {
    const end = new Date(Date.now() + hours * HOUR_MS);
    // Skip choices that would add almost no time.
    if (end.getTime() < retiresAt.getTime() + HOUR_MS) return [];
    const capped = expiresAt !== null && end > expiresAt;
    const label = LABELS[value as keyof typeof EXTENSIONS]; // The keys of the table it came from.
    return [{ value, label, hint: capped ? 'It expires before that.' : '' }];
  });
}
