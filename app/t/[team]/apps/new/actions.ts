'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { issuedOf } from '#app/_keys/issued-of.ts';
import { IdList } from '#app/t/[team]/apps/_endpoints/id-list.ts';
import { CreateApplication } from '#lib/applications/create-application.ts';
import { ApplicationDetails } from '#lib/applications/input.ts';
import { createApplicationWithKeys } from '#lib/credentials/create-application-with-keys.ts';

/** Step 1 of the wizard: validates the details. Nothing is created yet. */
export const checkDetailsAction = memberAction(ApplicationDetails, async () => ({
  status: 'done',
  value: undefined,
}));

const Wizard = z.object({
  ...CreateApplication.shape,
  endpointIds: IdList.pipe(CreateApplication.shape.endpointIds),
});

/** Step 2: "Connect and Generate Keys". */
export const createAppAction = memberAction<typeof Wizard, Issued>(Wizard, async (context, input) => {
  const created = await createApplicationWithKeys(context, input);
  if (!created.ok) {
    return {
      status: 'refused',
      message:
        created.reason === 'no_room'
          ? 'You’ve reached your plan’s app limit. Archive an app you don’t use, or contact us to upgrade.'
          : 'The catalog has changed: one of the endpoints no longer exists. Reload the page and select again.',
    };
  }
  revalidatePath('/t/[team]/apps', 'page');
  return { status: 'done', value: await issuedOf(context, created.keys) };
});
