'use client';

import { useEffect } from 'react';
import { toast } from 'sonner';
import type { ActionState } from '#app/_actions/action-state.ts';

/** Shows a toast each time the action succeeds. */
export function useToast<T>(state: ActionState<T>, message: string): void {
  useEffect(() => {
    if (state.status === 'done') toast.success(message);
  }, [state, message]);
}
