'use client';

import { useEffect } from 'react';
import { toast } from 'sonner';
import type { ActionState } from '#app/_actions/action-state.ts';

/** Says what an action has done, each time it has. */
export function useToast<T>(state: ActionState<T>, message: string): void {
  useEffect(() => {
    if (state.status === 'done') toast.success(message);
  }, [state, message]);
}
