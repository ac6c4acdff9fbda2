'use client';

import { useState } from 'react';
import type { Issued } from '#app/_keys/issued.ts';
import { IssuedDialog } from '#app/_keys/issued-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { OwnKey } from '#lib/credentials/read-own-key.ts';
import { GenerateForm } from './generate-form.tsx';
import { KeyCard } from './key-card.tsx';

/** A new pair, and how far the end of the one that it replaced has travelled. */
export type Made = { issued: Issued; receipt: Receipt | null };
export type Usage = { requestsToday: number; dailyQuota: number };

/**
 * The key, or the way to the first one. The new pair's dialog lives above both: the page behind it changes from
 * one to the other while it is open.
 */
export function OwnKeySection({
  team,
  ownKey,
  usage,
}: {
  team: string;
  ownKey: OwnKey | null;
  usage: Usage;
}) {
  const [made, setMade] = useState<Made | null>(null);
  return (
    <>
      {ownKey ? (
        <KeyCard team={team} ownKey={ownKey} usage={usage} onMade={setMade} />
      ) : (
        <GenerateForm team={team} onIssued={(issued) => setMade({ issued, receipt: null })} />
      )}
      {made && (
        <IssuedDialog
          key={made.issued.keys.keyId}
          issued={made.issued}
          description={made.receipt && `Your old key is revoked. ${receiptText(made.receipt)}`}
          onClose={() => setMade(null)}
        />
      )}
    </>
  );
}
