'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { issuedOf } from '#app/_keys/issued-of.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { endRetirementNow } from '#lib/credentials/end-retirement.ts';
import { ExtendRetirement, extendRetirement } from '#lib/credentials/extend-retirement.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { RotateCredential, rotateCredential } from '#lib/credentials/rotate-credential.ts';

/** The new pair, and either the receipt if the old key was revoked, or when it expires, if that is known. */
export type Rotated = { issued: Issued; receipt: Receipt | null; retiresAt: Date | null };

const refresh = () => revalidatePath('/t/[team]', 'layout');

const REFUSED = {
  not_found: 'This key no longer exists.',
  already_revoked: 'This key is revoked. Generate a new one.',
  expired: 'This key has expired. Generate a new one.',
  archived: 'The app of this key is archived. Restore it before you rotate its keys.',
  own_key_of_another: 'Only the member who owns this key can rotate it.',
  not_active: 'You’re no longer an active member of this team.',
  already_rotated: 'This key has already been rotated. Reload the page to see the key that replaces it.',
  predecessor_works: 'The key that this one replaced still works. Select “End now” for it first.',
} as const;

export const rotateAction = memberAction<typeof RotateCredential, Rotated>(
  RotateCredential,
  async (context, input) => {
    const rotated = await rotateCredential(context, input);
    refresh();
    if (!rotated.ok) return { status: 'refused', message: REFUSED[rotated.reason] };
    const { keys, receipt, retiresAt } = rotated;
    return { status: 'done', value: { issued: await issuedOf(context, keys), receipt, retiresAt } };
  },
);

const NOT_CHANGED = {
  not_found: 'This key no longer exists.',
  not_rotated: 'This key hasn’t been rotated.',
  over: 'This key has already expired.',
  not_started: 'This key has no expiration yet, because the new key hasn’t been used.',
  not_later: 'The key already works for longer. Choose a later time.',
  at_expiry: 'The key expires before that. Change its expiration first.',
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
