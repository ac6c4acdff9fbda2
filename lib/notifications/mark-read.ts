import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { notifications } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** Without an ID, all notifications are marked. */
export const MarkRead = z.object({ id: z.uuid().optional() });

/** Marks the member's notifications as read. Returns how many were unread. */
export async function markRead(
  { db, member }: { db: Queryable; member: Member },
  { id }: z.output<typeof MarkRead>,
): Promise<number> {
  authorize(member, 'notification.own');
  const marked = await db
    .update(notifications)
    .set({ readAt: sql`now()` })
    .where(
      and(
        eq(notifications.memberId, member.memberId),
        eq(notifications.teamId, member.teamId),
        isNull(notifications.readAt),
        id ? eq(notifications.id, id) : undefined,
      ),
    )
    .returning({ id: notifications.id });
  return marked.length;
}
