'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { SetApplicationCap, setApplicationCap } from '#lib/applications/set-application-cap.ts';
import { formatNumber } from '#lib/format.ts';
import { SetMemberCap, setMemberCap } from '#lib/members/set-member-cap.ts';
import { SetProductionReserve, setProductionReserve } from '#lib/teams/set-production-reserve.ts';

const refresh = () => revalidatePath('/t/[team]/settings/limits', 'page');

export const setReserveAction = memberAction<typeof SetProductionReserve, Receipt | null>(
  SetProductionReserve,
  async (context, input) => {
    const set = await setProductionReserve(context, input);
    if (set.ok) {
      refresh();
      return { status: 'done', value: set.receipt };
    }
    if (set.reason === 'not_found') return { status: 'refused', message: 'This team no longer exists.' };
    const most = formatNumber(set.dailyQuota);
    return {
      status: 'invalid',
      fields: { reserve: [`Enter at most ${most}, the team’s daily quota.`] },
    };
  },
);

export const setAppCapAction = memberAction<typeof SetApplicationCap, Receipt | null>(
  SetApplicationCap,
  async (context, input) => {
    const set = await setApplicationCap(context, input);
    if (!set.ok) return { status: 'refused', message: 'This app no longer exists.' };
    refresh();
    return { status: 'done', value: set.receipt };
  },
);

export const setMemberCapAction = memberAction<typeof SetMemberCap, Receipt | null>(
  SetMemberCap,
  async (context, input) => {
    const set = await setMemberCap(context, input);
    if (!set.ok) return { status: 'refused', message: 'This member is no longer in the team.' };
    refresh();
    return { status: 'done', value: set.receipt };
  },
);
