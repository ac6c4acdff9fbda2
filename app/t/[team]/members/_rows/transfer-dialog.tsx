'use client';

import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { transferOwnershipAction } from '#app/t/[team]/members/actions.ts';
import type { DialogProps } from './acts-on.ts';

export function TransferDialog({ team, person, onClose, onRefused }: DialogProps) {
  async function transfer() {
    const state = await transferOwnershipAction(team, idle, formOf({ memberId: person.id }));
    if (state.status === 'done') toast.success(`${person.name} is now an owner, and you’re an admin`);
    else onRefused();
    return state;
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Transfer ownership to ${person.name}?`}
      description="They become an owner of the team and you become an admin. Only an owner can make you owner again."
      confirmLabel="Transfer ownership"
      onConfirm={transfer}
    />
  );
}
