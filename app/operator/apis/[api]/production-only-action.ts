'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { SetProductionOnly, setProductionOnly } from '#lib/catalog/set-production-only.ts';

export const setProductionOnlyAction = operatorAction<typeof SetProductionOnly, Receipt | null>(
  SetProductionOnly,
  async (context, input) => {
    const set = await setProductionOnly(context, input);
    revalidatePath('/operator/apis/[api]', 'page');
    return set.ok
      ? { status: 'done', value: set.receipt }
      : { status: 'refused', message: 'This endpoint is no longer in the catalog.' };
  },
);
