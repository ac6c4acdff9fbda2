'use client';

import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { Button } from '#app/_components/button.tsx';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { receiptText } from '#app/_keys/receipt-text.ts';
import { deleteTeamAction } from './actions.ts';

export function DeleteTeam({ team, name }: { team: string; name: string }) {
  const router = useRouter();
  async function remove() {
    const state = await deleteTeamAction(team, idle, formOf({ name }));
    if (state.status !== 'done') return state;
    const receipt = state.value;
    const show = receipt.confirmed === receipt.gateways ? toast.success : toast.warning;
    show(`${name} was deleted`, { description: receiptText(receipt), duration: 10_000 });
    router.push('/welcome?deleted=1');
    return state;
  }
  return (
    <DangerDialog
      trigger={<Button variant="danger">Delete team</Button>}
      title={`Delete ${name}?`}
      description="All of its API keys stop working immediately on every gateway, and nobody can open the team. You can restore it for 30 days."
      confirmLabel="Delete team"
      typeToConfirm={name}
      onConfirm={remove}
    />
  );
}
