'use server';

import { revalidatePath } from 'next/cache';
import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { IdList } from '#app/t/[team]/apps/_endpoints/id-list.ts';
import { CreateApplication } from '#lib/applications/create-application.ts';
import { ApplicationDetails } from '#lib/applications/input.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import { createApplicationWithKeys } from '#lib/credentials/create-application-with-keys.ts';
import { env } from '#lib/env.ts';

/** Step 1 of the wizard: is what was typed acceptable? Nothing is made yet. */
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
          ? 'Your plan has no room for another app. Archive one that is not used, or contact us for more.'
          : 'The catalog has changed: one of the endpoints is gone. Reload the page and select again.',
    };
  }
  const example = await readExampleCall(context, { appId: created.appId });
  revalidatePath('/t/[team]/apps', 'page');
  const { appId, keys } = created;
  return {
    status: 'done',
    value: { appId, appTitle: input.title, keys, gatewayUrl: env().GATEWAY_URL, example },
  };
});
