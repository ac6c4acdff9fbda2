'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { issuedOf } from '#app/_keys/issued-of.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { IssueOwnKey, issueOwnKey } from '#lib/credentials/issue-own-key.ts';
import { regenerateOwnKey } from '#lib/credentials/regenerate-own-key.ts';

const refresh = () => revalidatePath('/t/[team]', 'layout');

const REFUSED = {
  not_active: 'You’re no longer an active member of this team.',
  archived: 'The app that own keys belong to is archived. Restore it first.',
  has_one: 'You already have a key. Reload the page to see it.',
  not_found: 'This key no longer exists.',
  already_revoked: 'This key has already been replaced or revoked. Reload the page.',
} as const;

export const generateOwnKeyAction = memberAction<typeof IssueOwnKey, Issued>(
  IssueOwnKey,
  async (context, input) => {
    const answer = await issueOwnKey(context, input);
    refresh();
    return answer.ok
      ? { status: 'done', value: await issuedOf(context, answer.keys) }
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
    value: { issued: await issuedOf(context, answer.keys), receipt: answer.receipt },
  };
});
