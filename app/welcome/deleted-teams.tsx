'use client';

import { useRouter } from 'next/navigation';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { Button } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { ConfirmDialog } from '#app/_components/danger-dialog.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { restoreTeamAction } from './actions.ts';

type Deleted = { teamId: string; name: string; deletedAt: Date; until: Date };

/** Deleted teams that an owner can restore. */
export function DeletedTeams({ teams }: { teams: readonly Deleted[] }) {
  const router = useRouter();
  async function restore({ teamId, name }: Deleted) {
    const form = new FormData();
    form.append('teamId', teamId);
    const state = await restoreTeamAction(idle, form);
    if (state.status !== 'done') return state;
    toast.success(`${name} is restored`);
    router.push(`/t/${state.value.slug}`);
    return state;
  }
  return (
    <Card title="Deleted teams" description="Teams you owned. You can still restore them.">
      <ul className="divide-y divide-line">
        {teams.map((team) => (
          <li
            key={team.teamId}
            className="flex flex-wrap items-center justify-between gap-3 py-3 first:pt-0 last:pb-0"
          >
            <div className="min-w-0">
              <p className="font-medium break-words">{team.name}</p>
              <p className="text-sm text-muted">
                Deleted <DateTime value={team.deletedAt} format="relative" />, can be restored until{' '}
                <DateTime value={team.until} format="date" />
              </p>
            </div>
            <ConfirmDialog
              trigger={
                <Button size="sm" aria-label={`Restore ${team.name}`}>
                  Restore
                </Button>
              }
              title={`Restore ${team.name}?`}
              description="Members can open it again, and its active keys work again."
              confirmLabel="Restore"
              onConfirm={() => restore(team)}
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
