'use client';

import { type ReactNode, useState } from 'react';
import { dateText } from '#app/_components/date-text.ts';
import { IssuedDialog } from '#app/_keys/issued-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import type { Rotated } from './actions.ts';
import { RotateForm } from './rotate-form.tsx';

/**
 * The form, or the state of the rotation (`children`). The dialog with the new pair is above both, because the
 * page changes from one to the other while it is open.
 */
export function RotationBoard({
  team,
  credential,
  suggestedName,
  children,
}: {
  team: string;
  credential: { keyId: string; name: string };
  /** Null if the key can't be rotated. */
  suggestedName: string | null;
  children: ReactNode;
}) {
  const [rotated, setRotated] = useState<Rotated | null>(null);
  return (
    <>
      {suggestedName === null ? (
        children
      ) : (
        <RotateForm
          team={team}
          credential={credential}
          suggestedName={suggestedName}
          onRotated={setRotated}
        />
      )}
      {rotated && (
        <IssuedDialog
          key={rotated.issued.keys.keyId}
          issued={rotated.issued}
          description={descriptionOf(credential.name, rotated)}
          onClose={() => setRotated(null)}
        />
      )}
    </>
  );
}

function descriptionOf(name: string, { receipt, retiresAt }: Rotated): string {
  if (receipt) return `“${name}” is revoked. ${receiptText(receipt)}`;
  if (!retiresAt) return `“${name}” keeps working until 30 days after the first use of this key.`;
  return `“${name}” keeps working until ${dateText(new Date(retiresAt), 'datetime')}.`;
}
