import { BellOff } from 'lucide-react';
import type { Metadata } from 'next';
import { z } from 'zod';
import { Card } from '#app/_components/card.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Pagination } from '#app/_components/pagination.tsx';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { countUnread, listNotifications } from '#lib/notifications/list-notifications.ts';
import { readNotificationSettings } from '#lib/notifications/settings.ts';
import { Choices } from './choices.tsx';
import { MarkAll } from './mark-all.tsx';
import { NotificationList } from './notification-list.tsx';

export const metadata: Metadata = { title: 'Notifications' };

const Search = z.object({ before: z.uuid().optional().catch(undefined) });

type Props = {
  params: Promise<{ team: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export default async function NotificationsPage({ params, searchParams }: Props) {
  const member = await requireMember((await params).team);
  const context = { db: database(), member };
  const { before } = Search.parse(await searchParams);
  const [{ notifications, older }, unread, choices] = await Promise.all([
    listNotifications(context, { before }),
    countUnread(context),
    readNotificationSettings(context),
  ]);
  const team = member.teamSlug;
  const path = `/t/${team}/notifications`;
  const isManager = member.role !== 'member';
  return (
    <>
      <PageHeader
        title="Notifications"
        description="Events about your keys and your quota, with links to the details."
        actions={unread > 0 && <MarkAll team={team} />}
      />
      <div className="flex max-w-[840px] flex-col gap-6">
        <div>
          {notifications.length > 0 ? (
            <NotificationList team={team} notifications={notifications} />
          ) : (
            <EmptyState
              icon={<BellOff />}
              title={before ? 'No older notifications' : 'No notifications yet'}
              description={
                isManager
                  ? 'We’ll notify you when the quota runs low, when more requests fail than usual, and when a key is rejected, expires or is exposed.'
                  : 'We’ll notify you when your own key is rejected, expires or is exposed.'
              }
            />
          )}
          <Pagination
            newerHref={before && path}
            olderHref={older ? `${path}?before=${older}` : undefined}
            words={{ newer: 'Newest', older: 'Older' }}
          />
        </div>
        <Card
          title="Settings"
          description={
            isManager
              ? 'Choose what you’re notified about in this team.'
              : 'Choose what you’re notified about in this team. Quota and error rate notifications are for owners and admins.'
          }
        >
          <Choices
            team={team}
            choices={choices.filter(({ kind }) => isManager || (kind !== 'quota' && kind !== 'errors'))}
          />
        </Card>
      </div>
    </>
  );
}
