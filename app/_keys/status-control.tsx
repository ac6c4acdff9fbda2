'use client';

import { clsx } from 'clsx';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { Switch } from '#app/_components/switch.tsx';
import type { KeyRow } from '#lib/credentials/key-rows.ts';
import { KeyStatus } from './key-status.tsx';
import { StatusDialog } from './status-dialog.tsx';

type Key = Pick<KeyRow, 'keyId' | 'name' | 'sharedKey' | 'status' | 'retiresAt' | 'exposedAt'>;

/** A key's status and its switch, stacked in a narrow column. */
export function StatusControl({
  team,
  credential,
  stacked = false,
}: {
  team: string;
  credential: Key;
  stacked?: boolean;
}) {
  const router = useRouter();
  const [changing, setChanging] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const { name, status } = credential;
  const ended = status === 'expired' || status === 'revoked';
  useEffect(() => {
    // A disabled switch loses the focus that its dialog returned to it.
    if (ended && root.current?.contains(document.activeElement)) root.current.focus();
  }, [ended]);
  return (
    <span
      ref={root}
      tabIndex={-1}
      className={clsx('flex items-start gap-2.5', stacked && 'sm:flex-col sm:gap-1.5')}
    >
      <Switch
        checked={status === 'active' || status === 'retiring'}
        onCheckedChange={() => setChanging(true)}
        label={`Active: ${name}`}
        disabled={ended}
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
