import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { notificationSettings, notifications } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import type { NotificationKind } from './kinds.ts';

export const NOTIFICATIONS_PAGE = 30;

/** Higher counts are shown as `99+`. */
export const UNREAD_SHOWN_MAX = 99;

export type Notification = {
  id: string;
  kind: NotificationKind;
  title: string;
  body: string;
  href: string;
  at: Date;
  readAt: Date | null;
};

/** The member's notifications of the kinds they want to see. Rows exist for email-only kinds too, so that each is sent once. */
const ownShown = (member: Member) =>
  and(
    eq(notifications.memberId, member.memberId),
    eq(notifications.teamId, member.teamId),
    sql`not exists (select 1 from ${notificationSettings} s where s.member_id = ${member.memberId}
      and s.kind = notifications.kind and not s.shown)`,
  );

/** The member's notifications, newest first. `before` is the ID of the last one on the previous page. */
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

/** The number of unread notifications, counted up to one more than can be shown. */
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
