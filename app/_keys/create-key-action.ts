'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { CreateKey, createKey } from '#lib/credentials/create-key.ts';
import { LIVE_CREDENTIALS_MAX } from '#lib/credentials/issue-credential.ts';
import type { Issued } from './issued.ts';
import { issuedOf } from './issued-of.ts';

const REFUSED = {
  not_found: 'This app no longer exists. Choose another one.',
  archived: 'This app is archived. Restore it or choose another one.',
  too_many_live: `An app can have at most ${LIVE_CREDENTIALS_MAX} keys. Revoke one that you no longer use, or choose another app.`,
} as const;

export const createKeyAction = memberAction<typeof CreateKey, Issued>(CreateKey, async (context, input) => {
  const created = await createKey(context, input);
  if (!created.ok) return { status: 'refused', message: REFUSED[created.reason] };
  revalidatePath('/t/[team]', 'layout');
  return { status: 'done', value: await issuedOf(context, created.keys) };
});
