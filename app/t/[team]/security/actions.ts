'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { DismissFinding, dismissFinding, OneFinding } from '#lib/posture/dismiss-finding.ts';
import { restoreFinding } from '#lib/posture/restore-finding.ts';

const refresh = () => revalidatePath('/t/[team]', 'layout');

const REFUSED = {
  not_found: 'This finding no longer exists. Reload the page.',
  must_fix: 'You can’t dismiss an exposed key. Revoke it instead.',
} as const;

export const dismissFindingAction = memberAction<typeof DismissFinding, undefined>(
  DismissFinding,
  async (context, input) => {
    const dismissed = await dismissFinding(context, input);
    refresh();
    return dismissed.ok
      ? { status: 'done', value: undefined }
      : { status: 'refused', message: REFUSED[dismissed.reason] };
  },
);

export const restoreFindingAction = memberAction<typeof OneFinding, undefined>(
  OneFinding,
  async (context, input) => {
    const restored = await restoreFinding(context, input);
    refresh();
    return restored.ok
      ? { status: 'done', value: undefined }
      : { status: 'refused', message: REFUSED[restored.reason] };
  },
);
