'use client';

import { useState } from 'react';
import { IssuedDialog } from '#app/_keys/issued-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { OwnKey } from '#lib/credentials/read-own-key.ts';
import { GenerateForm } from './generate-form.tsx';
import { KeyCard } from './key-card.tsx';
import type { NewKey, Usage } from './types.ts';

/**
 * The key, or the form for the first one. The dialog with the new pair is above both, because the page changes from
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
  const [newKey, setNewKey] = useState<NewKey | null>(null);
  return (
    <>
      {ownKey ? (
        <KeyCard team={team} ownKey={ownKey} usage={usage} onRegenerated={setNewKey} />
      ) : (
        <GenerateForm team={team} onIssued={(issued) => setNewKey({ issued, receipt: null })} />
      )}
      {newKey && (
        <IssuedDialog
          key={newKey.issued.keys.keyId}
          issued={newKey.issued}
          description={newKey.receipt && `Your old key is revoked. ${receiptText(newKey.receipt)}`}
          onClose={() => setNewKey(null)}
        />
      )}
    </>
  );
}
