'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { SetApplicationCap, setApplicationCap } from '#lib/applications/set-application-cap.ts';
import { SetMemberCap, setMemberCap } from '#lib/members/set-member-cap.ts';
import { SetProductionReserve, setProductionReserve } from '#lib/teams/set-production-reserve.ts';

const refresh = () => revalidatePath('/t/[team]/settings/limits', 'page');

export const setReserveAction = memberAction<typeof SetProductionReserve, Receipt>(
  SetProductionReserve,
  async (context, input) => {
    const set = await setProductionReserve(context, input);
    if (set.ok) {
      refresh();
      return { status: 'done', value: set.receipt };
    }
    if (set.reason === 'not_found') return { status: 'refused', message: 'This team is no longer there.' };
    const most = set.dailyQuota.toLocaleString('en');
    return { status: 'invalid', fields: { reserve: [`At most ${most}, the team’s daily quota.`] } };
  },
);

export const setAppCapAction = memberAction<typeof SetApplicationCap, Receipt>(
  SetApplicationCap,
  async (context, input) => {
    const set = await setApplicationCap(context, input);
    if (!set.ok) return { status: 'refused', message: 'This app is no longer there.' };
    refresh();
    return { status: 'done', value: set.receipt };
  },
);

export const setMemberCapAction = memberAction<typeof SetMemberCap, Receipt>(
  SetMemberCap,
  async (context, input) => {
    const set = await setMemberCap(context, input);
    if (!set.ok) return { status: 'refused', message: 'This member is no longer in the team.' };
    refresh();
    return { status: 'done', value: set.receipt };
  },
);
