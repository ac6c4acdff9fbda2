import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

export const NOTIFICATIONS_PAGE = 30;

/** A count above this reads `99+`. */
export const UNREAD_SHOWN_MAX = 99;

export type Notification = {
  id: string;
  kind: string;
  title: string;
  body: string;
  href: string;
  at: Date;
  readAt: Date | null;
};

/** One's own, of the kinds one wants to see: a row also stands for a mail, so that it is sent once. */
const ownShown = (member: Member) =>
  and(
    eq(notifications.memberId, member.memberId),
    eq(notifications.teamId, member.teamId),
    sql`not exists (select 1 from ${notificationSettings} s where s.member_id = ${member.memberId}
      and s.kind = notifications.kind and not s.shown)`,
  );

/** What the reader was told, the newest first; `before` is the id of the last one seen. */
export async function listNotifications(
  { db, member }: { db: Queryable; member: Member },
  { before }: { before?: string | undefined } = {},
): Promise<{ notifications: Notification[]; older: string | null }> {
  authorize(member, 'notification.own');
  const rows = await db
    .select({
      id: notifications.id,
      kind: notifications.kind,
      title: notifications.title,
      body: notifications.body,
      href: notifications.href,
      at: notifications.at,
      readAt: notifications.readAt,
    })
    .from(notifications)
    .where(and(ownShown(member), before ? lt(notifications.id, before) : undefined))
    .orderBy(desc(notifications.id))
    .limit(NOTIFICATIONS_PAGE + 1);
  const page = rows.slice(0, NOTIFICATIONS_PAGE);
  return { notifications: page, older: rows.length > NOTIFICATIONS_PAGE ? page.at(-1)!.id : null };
}

/** How many the reader has not read, counted no further than can be shown. */
export async function countUnread({ db, member }: { db: Queryable; member: Member }): Promise<number> {
  authorize(member, 'notification.own');
  const unread = db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(ownShown(member), isNull(notifications.readAt)))
    .limit(UNREAD_SHOWN_MAX + 1)
    .as('unread');
  return db.$count(unread);
}
