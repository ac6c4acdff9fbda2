'use client';

import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { ConfirmDialog } from '#app/_components/dialog.tsx';
import { changeStatus } from '#app/_keys/change-status.ts';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { FoundKey } from '#lib/posture/finding.ts';

const ACTS = {
  pause: {
    verb: 'Pause',
    confirmLabel: 'Pause',
    effect: 'Calls with this key are refused until you activate it again.',
  },
  revoke: {
    verb: 'Revoke',
    confirmLabel: 'Revoke Key',
    effect:
      'Calls with this key are refused from now on, for ever. Once a key is revoked, it cannot be retrieved: whoever uses it needs a new one.',
  },
} as const;

/** Asks before a key stops working. */
export function HarmDialog({
  team,
  act,
  of,
  onClose,
}: {
  team: string;
  act: keyof typeof ACTS;
  of: FoundKey;
  onClose: () => void;
}) {
  const router = useRouter();
  const { verb, confirmLabel, effect } = ACTS[act];
  async function run() {
    const refused = await changeStatus(team, of, act);
    if (refused) toast.error(refused);
    router.refresh();
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`${verb} “${of.name}”?`}
      description={
        <div className="flex flex-col gap-2">
          <p>{effect}</p>
          <p>
            {environmentLabel(of.environment)}, {of.application},{' '}
            <span className="font-mono text-sm break-all">{of.sharedKey}</span>
          </p>
        </div>
      }
      confirmLabel={confirmLabel}
      onConfirm={run}
    />
  );
}
