'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { RestrictCredential, restrictCredential } from '#lib/credentials/restrict-credential.ts';

/** The lists as stored. `receipt` is null if nothing changed. */
export type Restrictions = { allowedIps: string[]; allowedDomains: string[]; receipt: Receipt | null };

const REFUSED = {
  not_found: 'This key no longer exists.',
  already_revoked: 'This key is revoked and rejected everywhere.',
} as const;

export const restrictKeyAction = memberAction<typeof RestrictCredential, Restrictions>(
  RestrictCredential,
  async (context, input) => {
    const restricted = await restrictCredential(context, input);
    revalidatePath('/t/[team]', 'layout');
    if (!restricted.ok) return { status: 'refused', message: REFUSED[restricted.reason] };
    const { allowedIps, allowedDomains, receipt } = restricted;
    return { status: 'done', value: { allowedIps, allowedDomains, receipt } };
  },
);
