'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { toast } from 'sonner';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from '#app/_components/button.tsx';
import type { FindingKind } from '#lib/posture/rules.ts';
import { restoreFindingAction } from './actions.ts';

/** Restores a dismissed finding. */
export function RestoreButton({
  team,
  kind,
  subjectId,
  title,
  name,
}: {
  team: string;
  kind: FindingKind;
  subjectId: string;
  title: string;
  name: string;
}) {
  const router = useRouter();
  const [running, setRunning] = useState(false);
  async function restore() {
    setRunning(true);
    try {
      const state = await tryAction(() => restoreFindingAction(team, idle, formOf({ kind, subjectId })));
      if (state.status !== 'done') toast.error(reasonOf(state));
      else toast.success(`Finding restored: ${title} (${name})`);
      router.refresh();
    } finally {
      setRunning(false);
    }
  }
  return (
    <Button size="sm" pending={running} onClick={restore}>
      Undo <span className="sr-only">({name})</span>
    </Button>
  );
}
