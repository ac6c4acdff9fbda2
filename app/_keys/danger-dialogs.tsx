'use client';

import { toast } from 'sonner';
import { DateTime } from '#app/_components/date-time.tsx';
import { ConfirmDialog } from '#app/_components/dialog.tsx';
import { type Act, changeStatus } from './change-status.ts';
import { environmentLabel } from './environments.ts';
import type { MenuKey } from './key-menu.tsx';

type Props = { team: string; credential: MenuKey; onClose: () => void };

export function PauseDialog(props: Props) {
  return (
    <HarmDialog
      {...props}
      act="pause"
      title={`Pause “${props.credential.name}”?`}
      confirmLabel="Pause"
      effect="Calls with this key are refused until you activate it again."
    />
  );
}

export function RevokeDialog(props: Props) {
  return (
    <HarmDialog
      {...props}
      act="revoke"
      title={`Revoke “${props.credential.name}”?`}
      confirmLabel="Revoke Key"
      effect="Calls with this key are refused from now on, for ever. Once a key is revoked, it cannot be retrieved: whoever uses it needs a new one."
    />
  );
}

/** Asks before a key stops working, with what shows whether somebody still uses it. */
function HarmDialog({
  team,
  credential,
  onClose,
  act,
  title,
  confirmLabel,
  effect,
}: Props & { act: Act; title: string; confirmLabel: string; effect: string }) {
  async function run() {
    const refused = await changeStatus(team, credential, act);
    if (refused) toast.error(refused);
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={title}
      description={
        <div className="flex flex-col gap-2">
          <p>{effect}</p>
          <p className="text-ink">
            <LastUse credential={credential} />
          </p>
          <p>
            {environmentLabel(credential.environment)},{' '}
            <span className="font-mono text-sm break-all">{credential.sharedKey}</span>
          </p>
        </div>
      }
      confirmLabel={confirmLabel}
      onConfirm={run}
    />
  );
}

function LastUse({ credential: { lastUsedAt, days } }: { credential: MenuKey }) {
  const week = days.reduce((sum, day) => sum + day, 0);
  if (!lastUsedAt) return 'It was never used.';
  return (
    <>
      {week > 0
        ? `It made ${week.toLocaleString('en-US')} ${week === 1 ? 'call' : 'calls'} in the last 7 days, the last `
        : 'No calls in the last 7 days. It was last used '}
      <DateTime value={lastUsedAt} format="relative" />.
    </>
  );
}
