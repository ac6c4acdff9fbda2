'use server';

import { revalidatePath } from 'next/cache';
import { operatorAction } from '#app/_actions/operator-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { SetClientSettings, setClientSettings } from '#lib/catalog/set-client-settings.ts';

export const setClientSettingsAction = operatorAction<typeof SetClientSettings, Receipt>(
  SetClientSettings,
  async (context, input) => {
    const set = await setClientSettings(context, input);
    revalidatePath('/operator/apis/[api]', 'page');
    return set.ok
      ? { status: 'done', value: set.receipt }
      : { status: 'refused', message: 'This API is no longer in the catalog.' };
  },
);
