'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { Skeleton } from '#app/_components/skeleton.tsx';
import type { MemberPreview } from '#lib/members/preview-member.ts';
import type { Target } from './acts-on.ts';
import { usePreview } from './use-preview.ts';

/** Asks before a member loses his access, showing which keys hang on him. `act` answers why not, or null. */
export function HarmDialog({
  team,
  person,
  title,
  description,
  confirmLabel,
  onClose,
  act,
  children,
}: {
  team: string;
  person: Target;
  title: string;
  description: string;
  confirmLabel: string;
  onClose: () => void;
  act: () => Promise<string | null>;
  children: (keys: MemberPreview['keys']) => ReactNode;
}) {
  const [running, setRunning] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const loaded = usePreview(team, person.id);

  async function confirm() {
    setRunning(true);
    try {
      const message = await act();
      if (message) setRefused(message);
      else onClose();
    } finally {
      setRunning(false);
    }
  }

  const problem = refused ?? (loaded.loading ? null : loaded.problem);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && !running && onClose()}
      title={title}
      description={description}
      footer={
        <>
          <Button disabled={running} onClick={onClose}>
            Cancel
          </Button>
          <Button variant="danger" pending={running} disabled={loaded.loading} onClick={confirm}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4" aria-busy={loaded.loading}>
        {problem && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
        {loaded.loading ? (
          <div role="status" aria-label="Loading the member's keys">
            <Skeleton className="h-16" />
          </div>
        ) : (
          loaded.preview && children(loaded.preview.keys)
        )}
      </div>
    </Dialog>
  );
}
