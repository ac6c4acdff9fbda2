import { Bell } from 'lucide-react';
import Link from 'next/link';
import { buttonStyle } from '#app/_components/button-style.ts';
import { database } from '#db/client.ts';
import { findMember, type User } from '#lib/access/member.ts';
import { countUnread, UNREAD_SHOWN_MAX } from '#lib/notifications/list-notifications.ts';

/** A link to the reader's notifications in the team, with the number of unread ones. */
export async function NotificationBell({ user, teamSlug }: { user: User; teamSlug: string }) {
  const db = database();
  const member = await findMember(db, user, teamSlug);
  if (!member) return null;
  const unread = await countUnread({ db, member });
  const count = unread > UNREAD_SHOWN_MAX ? `${UNREAD_SHOWN_MAX}+` : String(unread);
  return (
    <span className="relative">
      <Link
        href={`/t/${teamSlug}/notifications`}
        prefetch={false}
        aria-label="Notifications"
        aria-describedby="unread-notifications"
        className={buttonStyle('ghost', 'sm', 'w-8 px-0! [&_svg]:size-4!')}
      >
        <Bell aria-hidden="true" />
      </Link>
      {unread > 0 && (
        <span
          aria-hidden="true"
          className="pointer-events-none absolute -top-0.5 -right-0.5 grid h-4 min-w-4 place-items-center rounded-full bg-accent px-1 text-[10px] leading-none font-semibold text-on-accent tabular-nums"
        >
          {count}
        </span>
      )}
      <span id="unread-notifications" hidden>
        {unread === 0 ? 'No unread notifications' : `${count} unread`}
      </span>
    </span>
  );
}
