'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import { endRetirementNow } from '#lib/credentials/end-retirement.ts';
import { ExtendRetirement, extendRetirement } from '#lib/credentials/extend-retirement.ts';
import { OneCredential } from '#lib/credentials/pause-credential.ts';
import { readCredential } from '#lib/credentials/read-credential.ts';
import { RotateCredential, rotateCredential } from '#lib/credentials/rotate-credential.ts';
import { env } from '#lib/env.ts';

/** The new pair; how far the old key's end has travelled if it ended at once, else when it ends if that is known. */
export type Rotated = { issued: Issued; receipt: Receipt | null; retiresAt: Date | null };

const refresh = () => revalidatePath('/t/[team]', 'layout');

const REFUSED = {
  not_found: 'This key is no longer there.',
  already_revoked: 'This key is revoked. Generate a new one.',
  expired: 'This key has ended. Generate a new one.',
  archived: 'The app of this key is archived. Restore it before you rotate its keys.',
  own_key_of_another: 'Only the member whose own key this is can rotate it: the new secret is for him alone.',
  not_active: 'You are no longer an active member of this team.',
  already_rotated: 'This key was rotated meanwhile. Reload the page to see the key that replaces it.',
  predecessor_works: 'The key that this one replaced still works. End that one first.',
} as const;

export const rotateAction = memberAction<typeof RotateCredential, Rotated>(
  RotateCredential,
  async (context, input) => {
    const rotated = await rotateCredential(context, input);
    refresh();
    if (!rotated.ok) return { status: 'refused', message: REFUSED[rotated.reason] };
    const { keys, receipt, retiresAt } = rotated;
    const key = await readCredential(context, { keyId: keys.keyId });
    const appId = key?.appId ?? '';
    const example = await readExampleCall(context, { appId });
    const issued = { appId, appTitle: key?.appTitle ?? '', keys, gatewayUrl: env().GATEWAY_URL, example };
    return { status: 'done', value: { issued, receipt, retiresAt } };
  },
);

const NOT_CHANGED = {
  not_found: 'This key is no longer there.',
  not_rotated: 'This key has not been rotated.',
  over: 'This key has ended already.',
  not_started: 'This key has no end yet: the new key has not been used.',
  not_later: 'The key works for longer than that already. Choose a later end.',
  at_expiry: 'The key’s own expiration ends it then. Change its expiration first.',
} as const;

export const endNowAction = memberAction<typeof OneCredential, Receipt>(
  OneCredential,
  async (context, input) => {
    const ended = await endRetirementNow(context, input);
    refresh();
    return ended.ok
      ? { status: 'done', value: ended.receipt }
      : { status: 'refused', message: NOT_CHANGED[ended.reason] };
  },
);

export const extendAction = memberAction<typeof ExtendRetirement, Date>(
  ExtendRetirement,
  async (context, input) => {
    const extended = await extendRetirement(context, input);
    refresh();
    return extended.ok
      ? { status: 'done', value: extended.retiresAt }
      : { status: 'refused', message: NOT_CHANGED[extended.reason] };
  },
);
