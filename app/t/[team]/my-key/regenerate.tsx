'use client';

import { RefreshCw } from 'lucide-react';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { OwnKey } from '#lib/credentials/read-own-key.ts';
import { regenerateOwnKeyAction } from './actions.ts';
import type { NewKey } from './types.ts';

/** Replaces the key after a confirmation. */
export function Regenerate({
  team,
  ownKey,
  onRegenerated,
}: {
  team: string;
  ownKey: OwnKey;
  onRegenerated: (newKey: NewKey) => void;
}) {
  async function regenerate() {
    const state = await regenerateOwnKeyAction(team, idle, formOf({ keyId: ownKey.keyId }));
    if (state.status === 'done') onRegenerated(state.value);
    return state;
  }

  return (
    <DangerDialog
      trigger={
        <Button>
          <RefreshCw aria-hidden="true" />
          Regenerate
        </Button>
      }
      title="Regenerate your API key?"
      description={
        <div className="flex flex-col gap-2">
          <p>
            <span className="font-mono text-sm break-all">{ownKey.sharedKey}</span> and its secret key stop
            working immediately, wherever you use them. This can’t be undone.
          </p>
          <p>
            You get a new pair for {environmentLabel(ownKey.environment)} with the same allowed IPs and
            domains. Its secret key is shown once.
          </p>
          {ownKey.nextEnd && (
            <p>
              {ownKey.expired
                ? 'Your key has expired. The new one has the same lifetime, until '
                : 'It expires when this one would have, on '}
              <DateTime value={ownKey.nextEnd} />.
            </p>
          )}
        </div>
      }
      confirmLabel="Regenerate"
      onConfirm={regenerate}
    />
  );
}
