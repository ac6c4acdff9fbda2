'use client';

import { useRouter } from 'next/navigation';
import { idle } from '#app/_actions/action-state.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { leaveTeamAction } from '#app/t/[team]/members/actions.ts';
import { tellReceipt } from './changes.ts';

export function LeaveDialog({ team, onClose }: { team: string; onClose: () => void }) {
  const router = useRouter();
  async function leave() {
    const state = await leaveTeamAction(team, idle, new FormData());
    if (state.status !== 'done') return state;
    tellReceipt('You have left the team', state.value);
    router.replace('/');
    return state;
  }
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Leave this team?"
      description="The team is closed to you, and your own API key in it is revoked for ever. You can come back only by a new invitation."
      confirmLabel="Leave team"
      onConfirm={leave}
    />
  );
}
