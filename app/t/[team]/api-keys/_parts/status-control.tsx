'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import type { KeyRow } from '#lib/credentials/key-rows.ts';
import { Switch } from '../../../../_components/switch.tsx';
import { StatusDialog } from '../../apps/_keys/status-dialog.tsx';
import { KeyStatus } from './key-status.tsx';

type Key = Pick<KeyRow, 'keyId' | 'name' | 'sharedKey' | 'status' | 'retiresAt' | 'exposedAt'>;

/** The state of a key and the switch that stops it or lets it work again. */
export function StatusControl({ team, credential }: { team: string; credential: Key }) {
  const router = useRouter();
  const [changing, setChanging] = useState(false);
  const { name, status } = credential;
  return (
    <span className="flex items-start gap-2.5">
      <Switch
        checked={status === 'active' || status === 'retiring'}
        onCheckedChange={() => setChanging(true)}
        label={`Active: ${name}`}
        disabled={status === 'expired' || status === 'revoked'}
      />
      <KeyStatus row={credential} />
      {changing && (
        <StatusDialog
          team={team}
          credential={credential}
          onClose={() => {
            setChanging(false);
            router.refresh();
          }}
        />
      )}
    </span>
  );
}
