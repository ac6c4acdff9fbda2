import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { NOTIFICATION_KINDS, type NotificationKind, notifications } from '#db/schema/notifications.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import {
  countUnread,
  listNotifications,
  NOTIFICATIONS_PAGE,
  UNREAD_SHOWN_MAX,
} from './list-notifications.ts';
import { markRead } from './mark-read.ts';
import { readNotificationSettings, setNotifications } from './settings.ts';

async function notify(db: Db, { memberId, teamId }: Member, kind: NotificationKind, count = 1) {
  await db.insert(notifications).values(
    Array.from({ length: count }, (_, i) => ({
      ...{ teamId, memberId, kind, cause: `${kind}:${i}`, title: `${kind} ${i}`, href: '/t/x' },
    })),
  );
}

test(
  'members read their own notifications, newest first, in pages',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const colleague = await aMember(db, 'owner', member);
    await notify(db, member, 'quota', NOTIFICATIONS_PAGE + 2);
    await notify(db, colleague, 'quota');

    const first = await listNotifications({ db, member });
    const second = await listNotifications({ db, member }, { before: first.older! });

    expect(first.notifications).toHaveLength(NOTIFICATIONS_PAGE);
    expect(first.notifications[0]?.title).toBe(`quota ${NOTIFICATIONS_PAGE + 1}`);
    expect(second.notifications.map(({ title }) => title)).toEqual(['quota 1', 'quota 0']);
    expect(second.older).toBeNull();
  }),
);

test(
  'members mark one or all of their own notifications as read',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const colleague = await aMember(db, 'owner', member);
    await notify(db, member, 'quota', 3);
    await notify(db, colleague, 'quota');
    const [newest] = (await listNotifications({ db, member })).notifications;
    const [theirs] = (await listNotifications({ db, member: colleague })).notifications;

    expect(await countUnread({ db, member })).toBe(3);
    expect(await markRead({ db, member }, { id: newest!.id })).toBe(1);
    expect(await markRead({ db, member }, { id: newest!.id })).toBe(0);
    expect(await markRead({ db, member }, { id: theirs!.id })).toBe(0);
    expect(await countUnread({ db, member })).toBe(2);
    expect(await markRead({ db, member }, {})).toBe(2);
    expect(await countUnread({ db, member })).toBe(0);
    expect(await countUnread({ db, member: colleague })).toBe(1);
  }),
);

test(
  'the unread count stops above the number that can be shown',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    await notify(db, member, 'quota', UNREAD_SHOWN_MAX + 30);
    expect(await countUnread({ db, member })).toBe(UNREAD_SHOWN_MAX + 1);
  }),
);

test(
  'a hidden kind is neither listed nor counted; the setting is per member and audited',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const colleague = await aMember(db, 'owner', member);
    for (const person of [member, colleague]) await notify(db, person, 'quota');
    await notify(db, member, 'errors');

    await setNotifications({ db, member }, { kind: 'quota', way: 'shown', on: false });
    await setNotifications({ db, member }, { kind: 'quota', way: 'mailed', on: false });
    await setNotifications({ db, member }, { kind: 'errors', way: 'mailed', on: false });

    expect((await listNotifications({ db, member })).notifications.map(({ kind }) => kind)).toEqual([
      'errors',
    ]);
    expect(await countUnread({ db, member })).toBe(1);
    expect(await countUnread({ db, member: colleague })).toBe(1);
    expect(await readNotificationSettings({ db, member })).toEqual(
      NOTIFICATION_KINDS.map((kind) => ({
        ...{ kind, shown: kind !== 'quota', mailed: kind !== 'quota' && kind !== 'errors' },
      })),
    );
    expect(await readNotificationSettings({ db, member: colleague })).toEqual(
      NOTIFICATION_KINDS.map((kind) => ({ kind, shown: true, mailed: true })),
    );
    await setNotifications({ db, member }, { kind: 'quota', way: 'shown', on: true });
    expect(await countUnread({ db, member })).toBe(2);
    expect(await db.$count(auditEvents)).toBe(4);
  }),
);

test(
  'a setting that doesn’t change isn’t audited',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    const colleague = await aMember(db, 'owner', member);
    const set = (way: 'shown' | 'mailed', on: boolean) =>
      setNotifications({ db, member }, { kind: 'quota', way, on });
    const audited = () => db.$count(auditEvents);

    await set('shown', true);
    expect(await audited()).toBe(0);
    await set('shown', false);
    await set('shown', false);
    await set('mailed', true);
    expect(await audited()).toBe(1);
    await set('shown', true);
    await set('shown', true);
    expect(await audited()).toBe(2);
    await setNotifications({ db, member: colleague }, { kind: 'quota', way: 'mailed', on: false });
    expect(await readNotificationSettings({ db, member })).toContainEqual({
      ...{ kind: 'quota', shown: true, mailed: true },
    });
  }),
);
