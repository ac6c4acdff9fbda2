'use server';

import { revalidatePath } from 'next/cache';
import type { Receipt } from '#lib/access/epoch.ts';
import { readApplication } from '#lib/applications/read-application.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import { IssueCredential, issueCredential, LIVE_CREDENTIALS_MAX } from '#lib/credentials/issue-credential.ts';
import { OneCredential, pauseCredential } from '#lib/credentials/pause-credential.ts';
import { resumeCredential } from '#lib/credentials/resume-credential.ts';
import { revokeCredential } from '#lib/credentials/revoke-credential.ts';
import { env } from '#lib/env.ts';
import { memberAction } from '../../../../../member-action.ts';
import type { Issued } from '../../_keys/issued.ts';

const refresh = () => revalidatePath('/t/[team]/apps/[app]', 'layout');

const REFUSED = {
  not_found: 'This app is no longer there.',
  archived: 'This app is archived. Restore it before you generate keys.',
  too_many_live: `An app can have at most ${LIVE_CREDENTIALS_MAX} live keys. Revoke one that you no longer use.`,
} as const;

export const generateKeyAction = memberAction<typeof IssueCredential, Issued>(
  IssueCredential,
  async (context, input) => {
    const issued = await issueCredential(context, input);
    if (!issued.ok) return { status: 'refused', message: REFUSED[issued.reason] };

    const { appId } = input;
    const [app, example] = await Promise.all([
      readApplication(context, { appId }),
      readExampleCall(context, { appId }),
    ]);
    refresh();
    return {
      status: 'done',
      value: {
        appId,
        appTitle: app?.title ?? appId,
        keys: issued.keys,
        gatewayUrl: env().GATEWAY_URL,
        example,
      },
    };
  },
);

const NOT_CHANGED = {
  not_found: 'This key is no longer there.',
  already_paused: 'This key is paused already.',
  already_active: 'This key is active already.',
  already_revoked: 'This key is revoked already. A revoked key cannot be retrieved.',
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
