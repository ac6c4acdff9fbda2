'use server';

import { revalidatePath } from 'next/cache';
import { memberAction } from '#app/_actions/member-action.ts';
import { MarkRead, markRead } from '#lib/notifications/mark-read.ts';
import { SetNotifications, setNotifications } from '#lib/notifications/settings.ts';

// The bell in the top bar counts the unread ones.
const refresh = () => revalidatePath('/t/[team]', 'layout');

/** Returns how many notifications were marked. */
export const markReadAction = memberAction<typeof MarkRead, number>(MarkRead, async (context, input) => {
  const marked = await markRead(context, input);
  refresh();
  return { status: 'done', value: marked };
});

export const setNotificationsAction = memberAction<typeof SetNotifications, undefined>(
  SetNotifications,
  async (context, input) => {
    await setNotifications(context, input);
    refresh();
    return { status: 'done', value: undefined };
  },
);
