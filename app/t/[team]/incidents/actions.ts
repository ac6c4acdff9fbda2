'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Issued } from '#app/_keys/issued.ts';
import { issuedOf } from '#app/_keys/issued-of.ts';
import type { Db } from '#db/client.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { AddIncidentNote, addIncidentNote } from '#lib/incidents/add-incident-note.ts';
import { CloseIncident, closeIncident } from '#lib/incidents/close-incident.ts';
import { OneIncident } from '#lib/incidents/input.ts';
import { markUpdated } from '#lib/incidents/mark-updated.ts';
import { OpenIncident, openIncident } from '#lib/incidents/open-incident.ts';
import { reopenIncident } from '#lib/incidents/reopen-incident.ts';
import { ReplaceKey, replaceKey } from '#lib/incidents/replace-key.ts';
import { reportIncident } from '#lib/incidents/report-incident.ts';

/** `notReplaced` is the reason why there is no new pair, if one was requested. */
export type Opened = {
  incidentId: string;
  receipt: Receipt | null;
  issued: Issued | null;
  notReplaced: string | null;
};

const refresh = () => revalidatePath('/t/[team]', 'layout');

const NOT_REPLACED = {
  not_found: 'This incident no longer exists.',
  closed: 'This incident is closed. Reopen it first.',
  already_replaced: 'This key has already been replaced. Reload the page to see its replacement.',
  archived: 'The app of this key is archived. Restore it, then generate the replacement.',
  same_name: 'Use a new name, so that nobody confuses it with the compromised key.',
  own_key_of_another:
    'Only the member who owned this key can generate the new one, because nobody else can see its secret.',
  not_active: 'You’re no longer an active member of this team.',
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
            ? 'This key no longer exists.'
            : 'An incident about this key is already open. Reload the page to see it.',
      };
    const { incidentId, receipt, replacement } = opened;
    const issued = replacement?.ok && replacement.keys ? await issuedOf(context, replacement.keys) : null;
    const notReplaced = replacement?.ok === false ? NOT_REPLACED[replacement.reason] : null;
    return { status: 'done', value: { incidentId, receipt, issued, notReplaced } };
  },
);

/** The new pair, or null if a working key had already replaced it. */
export const replaceKeyAction = memberAction<typeof ReplaceKey, Issued | null>(
  ReplaceKey,
  async (context, input) => {
    const replaced = await replaceKey(context, input);
    refresh();
    if (replaced.ok)
      return { status: 'done', value: replaced.keys && (await issuedOf(context, replaced.keys)) };
    const message = NOT_REPLACED[replaced.reason];
    return replaced.reason === 'same_name'
      ? { status: 'invalid', fields: { name: [message] } }
      : { status: 'refused', message };
  },
);

const REFUSED = {
  not_found: 'This incident no longer exists.',
  closed: 'This incident is closed. Reopen it first.',
  already_updated: 'This is already marked as updated.',
  already_reported: 'This is already marked as reported.',
  already_closed: 'This incident is already closed.',
  already_open: 'This incident is already open.',
  another_open: 'Another incident about this key is open. Continue with that one.',
} as const;

type StepOutcome = { ok: true } | { ok: false; reason: keyof typeof REFUSED };
type Context = { db: Db; member: Member };
type Outcome = { status: 'done'; value: undefined } | { status: 'refused'; message: string };

async function stateOf(pending: Promise<StepOutcome>): Promise<Outcome> {
  const outcome = await pending;
  refresh();
  return outcome.ok
    ? { status: 'done', value: undefined }
    : { status: 'refused', message: REFUSED[outcome.reason] };
}

export const noteAction = memberAction<typeof AddIncidentNote, undefined>(AddIncidentNote, (context, input) =>
  stateOf(addIncidentNote(context, input)),
);

export const closeAction = memberAction<typeof CloseIncident, undefined>(CloseIncident, (context, input) =>
  stateOf(closeIncident(context, input)),
);

const oneClick = (verb: (context: Context, input: { incidentId: string }) => Promise<StepOutcome>) =>
  memberAction<typeof OneIncident, undefined>(OneIncident, (context, input) => stateOf(verb(context, input)));

export const markUpdatedAction = oneClick(markUpdated);
export const markReportedAction = oneClick(reportIncident);
export const reopenAction = oneClick(reopenIncident);
