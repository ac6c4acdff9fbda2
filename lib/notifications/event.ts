import type { NotificationKind } from './kinds.ts';

/** Something that people of a team should know. */
export type Happening = {
  teamId: string;
  kind: NotificationKind;
  /** Names this one happening: whoever was told of it is not told again. */
  cause: string;
  title: string;
  body: string;
  /** Path below the team's, where the evidence is. */
  path: string;
  /** Whose own key it is about: told besides owners and admins. */
  keyMemberId?: string | null;
  /** False where something else sends the mail. */
  mails?: boolean;
};
