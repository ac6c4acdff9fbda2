'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { readApplication } from '#lib/applications/read-application.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import { CreateKey, createKey } from '#lib/credentials/create-key.ts';
import { LIVE_CREDENTIALS_MAX } from '#lib/credentials/issue-credential.ts';
import { env } from '#lib/env.ts';
import type { Issued } from './issued.ts';

const REFUSED = {
  not_found: 'This app is no longer there. Choose another one.',
  archived: 'This app is archived. Restore it, or choose another one.',
  too_many_live: `An app can have at most ${LIVE_CREDENTIALS_MAX} live keys. Revoke one that you no longer use, or choose another app.`,
} as const;

export const createKeyAction = memberAction<typeof CreateKey, Issued>(CreateKey, async (context, input) => {
  const created = await createKey(context, input);
  if (!created.ok) return { status: 'refused', message: REFUSED[created.reason] };

  const { appId, keys } = created;
  const [app, example] = await Promise.all([
    readApplication(context, { appId }),
    readExampleCall(context, { appId }),
  ]);
  revalidatePath('/t/[team]', 'layout');
  return {
    status: 'done',
    value: { appId, appTitle: app?.title ?? appId, keys, gatewayUrl: env().GATEWAY_URL, example },
  };
});
