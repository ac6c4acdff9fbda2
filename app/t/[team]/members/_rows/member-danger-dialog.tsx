'use client';

import type { ReactNode } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';
import { DangerDialog } from '#app/_components/danger-dialog.tsx';
import { Skeleton } from '#app/_components/skeleton.tsx';
import type { MemberPreview } from '#lib/members/preview-member.ts';
import type { Target } from './acts-on.ts';
import { usePreview } from './use-preview.ts';

/** Confirms before a member loses access, and lists the keys this affects. */
export function MemberDangerDialog({
  team,
  person,
  onClose,
  children,
  ...dialog
}: {
  team: string;
  person: Target;
  title: string;
  description: string;
  confirmLabel: string;
  onClose: () => void;
  onConfirm: () => Promise<ActionState<unknown>>;
  children: (keys: MemberPreview['keys']) => ReactNode;
}) {
  const loaded = usePreview(team, person.id);
  return (
    <DangerDialog open onOpenChange={(open) => !open && onClose()} loading={loaded.loading} {...dialog}>
      {loaded.loading ? (
        <div role="status" aria-label="Loading the member’s keys">
          <Skeleton className="h-16" />
        </div>
      ) : loaded.preview ? (
        children(loaded.preview.keys)
      ) : (
        <p role="alert" className="text-danger">
          {loaded.problem}
        </p>
      )}
    </DangerDialog>
  );
}
