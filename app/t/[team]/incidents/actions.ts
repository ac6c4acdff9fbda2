'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import type { Db } from '#db/client.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import type { IssuedKeys } from '#lib/credentials/issue-credential.ts';
import { readCredential } from '#lib/credentials/read-credential.ts';
import { env } from '#lib/env.ts';
import { NoteIncident, noteIncident } from '#lib/incidents/add-incident-note.ts';
import { CloseIncident, closeIncident } from '#lib/incidents/close-incident.ts';
import { OneIncident } from '#lib/incidents/input.ts';
import { markUpdated } from '#lib/incidents/mark-updated.ts';
import { OpenIncident, openIncident } from '#lib/incidents/open-incident.ts';
import { reopenIncident } from '#lib/incidents/reopen-incident.ts';
import { ReplaceKey, replaceKey } from '#lib/incidents/replace-key.ts';
import { reportIncident } from '#lib/incidents/report-incident.ts';

/** `notReplaced` says why there is no new pair, where one was asked for. */
export type Opened = {
  incidentId: string;
  receipt: Receipt | null;
  issued: Issued | null;
  notReplaced: string | null;
};

const refresh = () => revalidatePath('/t/[team]', 'layout');

const NOT_REPLACED = {
  not_found: 'This incident is no longer there.',
  closed: 'This incident is closed. Reopen it first.',
  already_replaced: 'The key was replaced meanwhile. Reload the page to see its replacement.',
  archived: 'The app of this key is archived. Restore it, then generate the replacement.',
  same_name: 'Give the replacement a new name, so that nobody takes it for the compromised key.',
  own_key_of_another:
    'Only the member whose own key this was can generate the new one: its secret is for nobody else.',
  not_active: 'You are no longer an active member of this team.',
} as const;

export const openIncidentAction = memberAction<typeof OpenIncident, Opened>(
  OpenIncident,
  async (context, input) => {
    const opened = await openIncident(context, input);
    refresh();
    if (!opened.ok)
      return {
        status: 'refused',
        message:
          opened.reason === 'not_found'
            ? 'This key is no longer there.'
            : 'An incident about this key is open already. Reload the page to find it.',
      };
    const { incidentId, receipt, replacement } = opened;
    const issued = replacement?.ok && replacement.keys ? await shown(context, replacement.keys) : null;
    const notReplaced = replacement?.ok === false ? NOT_REPLACED[replacement.reason] : null;
    return { status: 'done', value: { incidentId, receipt, issued, notReplaced } };
  },
);

/** The new pair; null where a key that works had taken the place already. */
export const replaceKeyAction = memberAction<typeof ReplaceKey, Issued | null>(
  ReplaceKey,
  async (context, input) => {
    const replaced = await replaceKey(context, input);
    refresh();
    if (replaced.ok) return { status: 'done', value: replaced.keys && (await shown(context, replaced.keys)) };
    const message = NOT_REPLACED[replaced.reason];
    return replaced.reason === 'same_name'
      ? { status: 'invalid', fields: { name: [message] } }
      : { status: 'refused', message };
  },
);

/** A new pair with what its one sight needs beside it. */
async function shown(context: { db: Db; member: Member }, keys: IssuedKeys): Promise<Issued> {
  const key = await readCredential(context, { keyId: keys.keyId });
  const appId = key?.appId ?? '';
  return {
    ...{ appId, keys, appTitle: key?.appTitle ?? '', gatewayUrl: env().GATEWAY_URL },
    example: await readExampleCall(context, { appId }),
  };
}

const REFUSED = {
  not_found: 'This incident is no longer there.',
  closed: 'This incident is closed. Reopen it first.',
  already_updated: 'This was said already.',
  already_reported: 'This was said already.',
  already_closed: 'This incident is closed already.',
  already_open: 'This incident is open already.',
  another_open: 'Another incident about the same key is open. Go on with that one.',
} as const;

type Answer = { ok: true } | { ok: false; reason: keyof typeof REFUSED };
type Context = { db: Db; member: Member };
type Outcome = { status: 'done'; value: undefined } | { status: 'refused'; message: string };

async function told(answer: Promise<Answer>): Promise<Outcome> {
  const outcome = await answer;
  refresh();
  return outcome.ok
    ? { status: 'done', value: undefined }
    : { status: 'refused', message: REFUSED[outcome.reason] };
}

export const noteAction = memberAction<typeof NoteIncident, undefined>(NoteIncident, (context, input) =>
  told(noteIncident(context, input)),
);

export const closeAction = memberAction<typeof CloseIncident, undefined>(CloseIncident, (context, input) =>
  told(closeIncident(context, input)),
);

const oneClick = (verb: (context: Context, input: { incidentId: string }) => Promise<Answer>) =>
  memberAction<typeof OneIncident, undefined>(OneIncident, (context, input) => told(verb(context, input)));

export const markUpdatedAction = oneClick(markUpdated);
export const markReportedAction = oneClick(reportIncident);
export const reopenAction = oneClick(reopenIncident);
