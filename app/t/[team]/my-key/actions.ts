'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import type { Db } from '#db/client.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import type { IssuedKeys } from '#lib/credentials/issue-credential.ts';
import { IssueOwnKey, issueOwnKey } from '#lib/credentials/issue-own-key.ts';
import { OneCredential } from '#lib/credentials/pause-credential.ts';
import { readOwnKey } from '#lib/credentials/read-own-key.ts';
import { regenerateOwnKey } from '#lib/credentials/regenerate-own-key.ts';
import { env } from '#lib/env.ts';

const refresh = () => revalidatePath('/t/[team]', 'layout');

const REFUSED = {
  not_active: 'You are no longer an active member of this team.',
  archived: 'The app that own keys belong to is archived. It must be restored first.',
  has_one: 'You have a key already. Reload the page to see it.',
  not_found: 'This key is no longer there.',
  already_revoked: 'This key was replaced or revoked meanwhile. Reload the page to see what is there now.',
} as const;

export const generateOwnKeyAction = memberAction<typeof IssueOwnKey, Issued>(
  IssueOwnKey,
  async (context, input) => {
    const answer = await issueOwnKey(context, input);
    refresh();
    return answer.ok
      ? { status: 'done', value: await shown(context, answer.keys) }
      : { status: 'refused', message: REFUSED[answer.reason] };
  },
);

export const regenerateOwnKeyAction = memberAction<
  typeof OneCredential,
  { issued: Issued; receipt: Receipt }
>(OneCredential, async (context, input) => {
  const answer = await regenerateOwnKey(context, input);
  refresh();
  if (!answer.ok) return { status: 'refused', message: REFUSED[answer.reason] };
  return {
    status: 'done',
    value: { issued: await shown(context, answer.keys), receipt: answer.receipt },
  };
});

/** A new pair with what its one sight needs beside it. */
async function shown(context: { db: Db; member: Member }, keys: IssuedKeys): Promise<Issued> {
  const { app } = await readOwnKey(context);
  const appId = app?.appId ?? '';
  return {
    ...{ appId, keys, appTitle: app?.title ?? '', gatewayUrl: env().GATEWAY_URL },
    example: await readExampleCall(context, { appId }),
  };
}
