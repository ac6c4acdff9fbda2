import { and, eq, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { notifications } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** Without an id: all of them. */
export const MarkRead = z.object({ id: z.uuid().optional() });

/** Marks one's own notifications as read; answers how many were not. */
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
