'use server';

import { revalidatePath } from 'next/cache';
import { userAction } from '#app/_actions/user-action.ts';
import { CreateTeam, createTeam } from '#lib/teams/create-team.ts';
import { RestoreTeam, restoreTeam } from '#lib/teams/restore-team.ts';

const REFUSALS = {
  email_not_verified: 'Verify your email address first. Open the link in the email we sent you.',
  too_many_teams:
    'You’ve reached the limit of teams you can own. Delete one you no longer need, or contact us.',
};

/** From the root: the team switcher lists the new team on every page. */
const refresh = () => revalidatePath('/', 'layout');

export const createTeamAction = userAction(CreateTeam, async (context, input) => {
  const created = await createTeam(context, input);
  if (!created.ok) return { status: 'refused', message: REFUSALS[created.reason] };
  refresh();
  return { status: 'done', value: { slug: created.slug, name: input.name } };
});

export const restoreTeamAction = userAction<typeof RestoreTeam, { slug: string }>(
  RestoreTeam,
  async (context, input) => {
    const restored = await restoreTeam(context, input);
    if (restored.ok) {
      refresh();
      return { status: 'done', value: { slug: restored.slug } };
    }
    return {
      status: 'refused',
      message:
        restored.reason === 'too_many_teams'
          ? REFUSALS.too_many_teams
          : 'This team can no longer be restored.',
    };
  },
);
