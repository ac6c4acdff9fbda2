'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { transferOwnershipAction } from '#app/t/[team]/members/actions.ts';
import type { Target } from './acts-on.ts';

type Props = { team: string; person: Target; onClose: () => void };

export function TransferDialog({ team, person, onClose }: Props) {
  async function transfer() {
    const state = await transferOwnershipAction(team, idle, formOf({ memberId: person.id }));
    if (state.status === 'done') toast.success(`${person.name} is owner now, and you are admin`);
    return state;
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Transfer ownership to ${person.name}?`}
      description="They become owner of the team and you become admin. Only an owner can make you owner again."
      confirmLabel="Transfer ownership"
      onConfirm={transfer}
    />
  );
}
