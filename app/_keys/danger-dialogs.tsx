'use client';

import type { ReactNode } from 'react';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { Environment } from '#lib/credentials/format.ts';
import { formatCount } from '#lib/format.ts';
import { changeStatus } from './change-status.ts';
import { environmentLabel } from './environments.ts';
import type { MenuKey } from './menu-key.ts';

type StoppedKey = {
  keyId: string;
  name: string;
  environment: Environment;
  sharedKey: string;
  /** The title of its app, if the page doesn't show it. */
  application?: string;
};

const CHANGES = {
  pause: {
    verb: 'Pause',
    confirmLabel: 'Pause',
    effect: 'Requests with this key are rejected until you activate it again.',
  },
  revoke: {
    verb: 'Revoke',
    confirmLabel: 'Revoke Key',
    effect:
      'Requests with this key are rejected immediately. Once a key is revoked, it cannot be retrieved: every app that uses it needs a new one.',
  },
} as const;

/** Asks before a key stops working. `children` shows whether it's still in use. */
export function StopKeyDialog({
  team,
  change,
  credential,
  onClose,
  onDone,
  children,
}: {
  team: string;
  change: keyof typeof CHANGES;
  credential: StoppedKey;
  onClose: () => void;
  onDone?: () => void;
  children?: ReactNode;
}) {
  const { verb, confirmLabel, effect } = CHANGES[change];
  const { name, environment, application, sharedKey } = credential;
  async function stop() {
    const state = await changeStatus(team, credential, change);
    if (state.status === 'done') onDone?.();
    return state;
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${verb} “${name}”?`}
      description={effect}
      confirmLabel={confirmLabel}
      onConfirm={stop}
    >
      {children}
      <p className="text-muted">
        {environmentLabel(environment)}, {application && `${application}, `}
        <span className="font-mono text-sm break-all">{sharedKey}</span>
      </p>
    </DangerDialog>
  );
}

type Props = { team: string; credential: MenuKey; onClose: () => void };

export const PauseDialog = (props: Props) => (
  <StopKeyDialog {...props} change="pause">
    <LastUse credential={props.credential} />
  </StopKeyDialog>
);

export const RevokeDialog = (props: Props) => (
  <StopKeyDialog {...props} change="revoke">
    <LastUse credential={props.credential} />
  </StopKeyDialog>
);

function LastUse({ credential: { lastUsedAt, days } }: { credential: MenuKey }) {
  const week = days.reduce((sum, day) => sum + day, 0);
  if (!lastUsedAt) return <p>Never used.</p>;
  return (
    <p>
      {week > 0
        ? `${formatCount(week, 'request')} in the last 7 days, the last `
        : 'No requests in the last 7 days. Last used '}
      <DateTime value={lastUsedAt} format="relative" />.
    </p>
  );
}
