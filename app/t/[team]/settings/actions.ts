'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { DeleteTeam, deleteTeam } from '#lib/teams/delete-team.ts';
import { EditTeam, editTeam } from '#lib/teams/edit-team.ts';
import { RequireTwoFactor, requireTwoFactor } from '#lib/teams/require-two-factor.ts';
import { SetGuidelines, setGuidelines } from '#lib/teams/set-guidelines.ts';

const GONE = { status: 'refused', message: 'This team no longer exists.' } as const;
const DONE = { status: 'done', value: undefined } as const;
const refresh = () => revalidatePath('/t/[team]', 'layout');

export const editTeamAction = memberAction(EditTeam, async (context, input) => {
  const edited = await editTeam(context, input);
  if (!edited.ok) return GONE;
  refresh();
  return DONE;
});

export const setGuidelinesAction = memberAction<typeof SetGuidelines, { changed: boolean }>(
  SetGuidelines,
  async (context, input) => {
    const set = await setGuidelines(context, input);
    if (!set.ok) return GONE;
    refresh();
    return { status: 'done', value: { changed: set.changed } };
  },
);

export const requireTwoFactorAction = memberAction(RequireTwoFactor, async (context, input) => {
  const required = await requireTwoFactor(context, input);
  if (required.ok) {
    refresh();
    return DONE;
  }
  if (required.reason === 'not_found') return GONE;
  return {
    status: 'refused',
    message:
      'Set up two-factor authentication in your own profile first, so that you don’t lock yourself out.',
  };
});

/** Refreshes nothing: this page no longer exists. */
export const deleteTeamAction = memberAction<typeof DeleteTeam, Receipt>(
  DeleteTeam,
  async (context, input) => {
    const deleted = await deleteTeam(context, input);
    if (deleted.ok) return { status: 'done', value: deleted.receipt };
    return deleted.reason === 'not_found'
      ? GONE
      : { status: 'refused', message: 'The team was renamed. Reload the page and try again.' };
  },
);
