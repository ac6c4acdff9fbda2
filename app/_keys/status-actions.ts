'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { pauseCredential } from '#lib/credentials/pause-credential.ts';
import { resumeCredential } from '#lib/credentials/resume-credential.ts';
import { revokeCredential } from '#lib/credentials/revoke-credential.ts';

const refresh = () => revalidatePath('/t/[team]', 'layout');

const NOT_CHANGED = {
  not_found: 'This key no longer exists.',
  already_paused: 'This key is already paused.',
  already_active: 'This key is already active.',
  already_revoked: 'This key is already revoked. A revoked key cannot be retrieved.',
} as const;

export const pauseKeyAction = memberAction<typeof OneCredential, Receipt>(
  OneCredential,
  async (context, input) => {
    const paused = await pauseCredential(context, input);
    refresh();
    return paused.ok
      ? { status: 'done', value: paused.receipt }
      : { status: 'refused', message: NOT_CHANGED[paused.reason] };
  },
);

export const resumeKeyAction = memberAction<typeof OneCredential, undefined>(
  OneCredential,
  async (context, input) => {
    const resumed = await resumeCredential(context, input);
    refresh();
    return resumed.ok
      ? { status: 'done', value: undefined }
      : { status: 'refused', message: NOT_CHANGED[resumed.reason] };
  },
);

export const revokeKeyAction = memberAction<typeof OneCredential, Receipt>(
  OneCredential,
  async (context, input) => {
    const revoked = await revokeCredential(context, input);
    refresh();
    return revoked.ok
      ? { status: 'done', value: revoked.receipt }
      : { status: 'refused', message: NOT_CHANGED[revoked.reason] };
  },
);
