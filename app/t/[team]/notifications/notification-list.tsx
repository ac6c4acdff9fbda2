'use client';

import { clsx } from 'clsx';
import { CalendarX2, ChartNoAxesCombined, KeyRound, ShieldAlert, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { idle } from '#app/_actions/action-state.ts';
import { formOf } from '#app/_actions/form-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { NotificationKind } from '#lib/notifications/kinds.ts';
import type { Notification } from '#lib/notifications/list-notifications.ts';
import { markReadAction } from './actions.ts';

const ICONS: Record<NotificationKind, typeof KeyRound> = {
  quota: ChartNoAxesCombined,
  errors: TriangleAlert,
  refusals: KeyRound,
  expiry: CalendarX2,
  exposure: ShieldAlert,
};

/** Notifications with links to their details. Opening one marks it as read. */
export function NotificationList({
  team,
  notifications,
}: {
  team: string;
  notifications: readonly Notification[];
}) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {notifications.map(({ id, kind, title, body, href, at, readAt }) => {
        const Icon = ICONS[kind];
        return (
          <li
            key={id}
            className={clsx(
              'relative flex gap-3 px-4 py-3 first:rounded-t-lg last:rounded-b-lg hover:bg-sunken/60',
              !readAt && 'bg-accent-soft/40',
            )}
          >
            <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-muted" />
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Link
                  href={href}
                  // The link covers the whole row.
                  className={clsx(
                    'min-w-0 break-words after:absolute after:inset-0 hover:underline',
                    !readAt && 'font-semibold',
                  )}
                  onClick={() => {
                    // If it can't be reached, the notification stays unread, because the reader is navigating away.
                    if (!readAt) void tryAction(() => markReadAction(team, idle, formOf({ id })));
                  }}
                >
                  {title}
                </Link>
                {!readAt && <Badge tone="info">New</Badge>}
              </div>
              {body && <p className="mt-0.5 break-words text-muted">{body}</p>}
              <p className="mt-0.5 text-sm text-muted">
                <DateTime value={at} format="relative" />
              </p>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
