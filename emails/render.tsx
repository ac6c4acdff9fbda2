import { render as toHtml, toPlainText } from '@react-email/render';
import type { ReactElement } from 'react';
import type { MailProps, Template } from '#lib/mail/enqueue.ts';
import type { Rendered } from '#lib/mail/worker.ts';
import {
  AlreadyRegistered,
  PasswordChanged,
  ResetPassword,
  TwoFactorChanged,
  VerifyEmail,
} from './account.tsx';
import { IncidentOpened } from './incident-opened.tsx';
import { expiringSubject, KeyExpiring } from './key-expiring.tsx';
import { exposedSubject, KeyExposed } from './key-exposed.tsx';
import { LogRetention, retentionSubject } from './log-retention.tsx';
import { Notification, notificationSubject } from './notification.tsx';
import {
  Invitation,
  InvitationAccepted,
  InvitationAskedAgain,
  MemberRemoved,
  MemberSuspended,
  ReviewDue,
  RoleChanged,
  TeamDeleted,
} from './team.tsx';

type Entry<T extends Template> = {
  subject: string | ((props: MailProps[T]) => string);
  body: (props: MailProps[T]) => ReactElement;
};

const templates: { [T in Template]: Entry<T> } = {
  'verify-email': { subject: 'Confirm your e-mail address', body: (props) => <VerifyEmail {...props} /> },
  'already-registered': {
    subject: 'You already have an account',
    body: (props) => <AlreadyRegistered {...props} />,
  },
  'reset-password': { subject: 'Choose a new password', body: (props) => <ResetPassword {...props} /> },
  'password-changed': {
    subject: 'Your password was changed',
    body: (props) => <PasswordChanged {...props} />,
  },
  'two-factor-changed': {
    subject: 'Your two-factor authentication',
    body: (props) => <TwoFactorChanged {...props} />,
  },
  invitation: {
    subject: ({ inviter, team }) => `${inviter} invites you to ${team}`,
    body: (props) => <Invitation {...props} />,
  },
  'invitation-asked-again': {
    subject: ({ invited, team }) => `${invited} asks for a new link to ${team}`,
    body: (props) => <InvitationAskedAgain {...props} />,
  },
  'invitation-accepted': {
    subject: ({ joined, team }) => `${joined} has joined ${team}`,
    body: (props) => <InvitationAccepted {...props} />,
  },
  'member-suspended': {
    subject: ({ team }) => `You are suspended in ${team}`,
    body: (props) => <MemberSuspended {...props} />,
  },
  'member-removed': {
    subject: ({ team }) => `You are no longer in ${team}`,
    body: (props) => <MemberRemoved {...props} />,
  },
  'role-changed': {
    subject: ({ team, role }) => `You are now ${role} of ${team}`,
    body: (props) => <RoleChanged {...props} />,
  },
  'review-due': {
    subject: ({ team }) => `Review the members of ${team}`,
    body: (props) => <ReviewDue {...props} />,
  },
  'key-exposed': { subject: exposedSubject, body: (props) => <KeyExposed {...props} /> },
  'key-expiring': { subject: expiringSubject, body: (props) => <KeyExpiring {...props} /> },
  'incident-opened': {
    subject: ({ team, keyName }) => `The API key “${keyName}” of ${team} is compromised`,
    body: (props) => <IncidentOpened {...props} />,
  },
  notification: { subject: notificationSubject, body: (props) => <Notification {...props} /> },
  'log-retention': { subject: retentionSubject, body: (props) => <LogRetention {...props} /> },
  'team-deleted': {
    subject: ({ team }) => `${team} was deleted`,
    body: (props) => <TeamDeleted {...props} />,
  },
};

/** Names in a subject are other people's text: no control characters, so no further header, and not too long. */
const oneLine = (text: string) =>
  text
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 180);

/** A mail as HTML and as text. */
export async function renderMail<T extends Template>(template: T, props: MailProps[T]): Promise<Rendered> {
  const { subject, body } = templates[template];
  const html = await toHtml(body(props));
  const line = typeof subject === 'string' ? subject : oneLine(subject(props));
  return { subject: line, html, text: toPlainText(html) };
}
