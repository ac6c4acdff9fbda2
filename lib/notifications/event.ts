import type { NotificationKind } from './kinds.ts';

/** An event that members of a team are notified about. */
export type NotificationEvent = {
  teamId: string;
  kind: NotificationKind;
  /** Identifies the event. Each member is notified once per cause. */
  cause: string;
  title: string;
  body: string;
  /** Where to see the details: a path within the team's pages. */
  path: string;
  /** The member who owns the key. They are notified in addition to owners and admins. */
  keyMemberId?: string | null;
  /** False if another job sends the email. */
  emails?: boolean;
};
