'use client';

import { useRouter } from 'next/navigation';
import { idle } from '#app/_actions/action-state.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { leaveTeamAction } from '#app/t/[team]/members/actions.ts';
import type { DialogProps } from './acts-on.ts';
import { showReceipt } from './messages.ts';

export function LeaveDialog({ team, onClose, onRefused }: DialogProps) {
  const router = useRouter();
  async function leave() {
    const state = await leaveTeamAction(team, idle, new FormData());
    if (state.status !== 'done') {
      onRefused();
      return state;
    }
    showReceipt('You left the team', state.value);
    router.replace('/');
    return state;
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Leave this team?"
      description="You lose access to the team, and your own API key for it is permanently revoked. You can only come back with a new invitation."
      confirmLabel="Leave team"
      onConfirm={leave}
    />
  );
}
