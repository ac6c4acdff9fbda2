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
    const result = await issueOwnKey(context, input);
    refresh();
    return result.ok
      ? { status: 'done', value: await issuedOf(context, result.keys) }
      : { status: 'refused', message: REFUSED[result.reason] };
  },
);

export const regenerateOwnKeyAction = memberAction<
  typeof OneCredential,
  { issued: Issued; receipt: Receipt }
>(OneCredential, async (context, input) => {
  const result = await regenerateOwnKey(context, input);
  refresh();
  if (!result.ok) return { status: 'refused', message: REFUSED[result.reason] };
  return {
    status: 'done',
    value: { issued: await issuedOf(context, result.keys), receipt: result.receipt },
  };
});
