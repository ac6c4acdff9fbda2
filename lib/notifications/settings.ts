import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { NOTIFICATION_KINDS, type NotificationKind, notificationSettings } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';

export type NotificationChoice = { kind: NotificationKind; shown: boolean; mailed: boolean };

/** The member's notification settings. Everything is on by default. */
export async function readNotificationSettings({
  db,
  member,
}: {
  db: Queryable;
  member: Member;
}): Promise<NotificationChoice[]> {
  authorize(member, 'notification.own');
  const rows = await db
    .select({
      kind: notificationSettings.kind,
      shown: notificationSettings.shown,
      mailed: notificationSettings.mailed,
    })
    .from(notificationSettings)
    .where(
      and(eq(notificationSettings.memberId, member.memberId), eq(notificationSettings.teamId, member.teamId)),
    );
  return NOTIFICATION_KINDS.map((kind) => {
    const { shown = true, mailed = true } = rows.find((row) => row.kind === kind) ?? {};
    return { kind, shown, mailed };
  });
}

const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const SetNotifications = z.object({
  kind: z.enum(NOTIFICATION_KINDS),
  way: z.enum(['shown', 'mailed']),
  on: Flag,
});

/** Turns a kind of notification on or off, in the portal or by email. A setting that doesn't change isn't audited. */
export async function setNotifications(
  { db, member }: { db: Queryable; member: Member },
  { kind, way, on }: z.output<typeof SetNotifications>,
): Promise<void> {
  authorize(member, 'notification.own');
  const { teamId, memberId } = member;
  await db.transaction(async (tx) => {
    // Without a row both are on, so there is nothing to turn on.
    const changed = on
      ? await tx
          .update(notificationSettings)
          .set({ [way]: true })
          .where(
            and(
              eq(notificationSettings.teamId, teamId),
              eq(notificationSettings.memberId, memberId),
              eq(notificationSettings.kind, kind),
              eq(notificationSettings[way], false),
            ),
          )
          .returning({ kind: notificationSettings.kind })
      : await tx
          .insert(notificationSettings)
          .values({ teamId, memberId, kind, [way]: false })
          .onConflictDoUpdate({
            target: [notificationSettings.memberId, notificationSettings.kind],
            set: { [way]: false },
            setWhere: eq(notificationSettings[way], true),
          })
          .returning({ kind: notificationSettings.kind });
    if (changed.length === 0) return;
    const change = { after: { [kind]: `${way}: ${on ? 'on' : 'off'}` } };
    await recordAudit(tx, member, 'notification.set', { kind: 'member', id: memberId }, change);
  });
}
