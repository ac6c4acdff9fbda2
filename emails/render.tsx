import { render as toHtml, toPlainText } from '@react-email/render';
import type { ReactElement } from 'react';
import type { MailProps, Template } from '#lib/mail/enqueue.ts';
import type { Rendered } from '#lib/mail/worker.ts';
import {
  AlreadyRegistered,
  PasswordChanged,
  ResetPassword,
  TwoFactorChanged,
  twoFactorSubject,
  VerifyEmail,
} from './account.tsx';
import { IncidentOpened } from './incident-opened.tsx';
import { inertProps } from './inert.ts';
import { expiringSubject, KeyExpiring } from './key-expiring.tsx';
import { exposedSubject, KeyExposed } from './key-exposed.tsx';
import { LogRetention, retentionSubject } from './log-retention.tsx';
import { Notification, notificationSubject } from './notification.tsx';
import {
  article,
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
  'verify-email': { subject: 'Verify your email address', body: (props) => <VerifyEmail {...props} /> },
  'already-registered': {
    subject: 'You already have an account',
    body: (props) => <AlreadyRegistered {...props} />,
  },
  'reset-password': { subject: 'Reset your password', body: (props) => <ResetPassword {...props} /> },
  'password-changed': {
    subject: 'Your password was changed',
    body: (props) => <PasswordChanged {...props} />,
  },
  'two-factor-changed': {
    subject: twoFactorSubject,
    body: (props) => <TwoFactorChanged {...props} />,
  },
  invitation: {
    subject: ({ inviter, team }) => `${inviter} invited you to ${team}`,
    body: (props) => <Invitation {...props} />,
  },
  'invitation-asked-again': {
    subject: ({ invited, team }) => `${invited} asked for a new invitation to ${team}`,
    body: (props) => <InvitationAskedAgain {...props} />,
  },
  'invitation-accepted': {
    subject: ({ joined, team }) => `${joined} joined ${team}`,
    body: (props) => <InvitationAccepted {...props} />,
  },
  'member-suspended': {
    subject: ({ team }) => `You’re suspended from ${team}`,
    body: (props) => <MemberSuspended {...props} />,
  },
  'member-removed': {
    subject: ({ team }) => `You were removed from ${team}`,
    body: (props) => <MemberRemoved {...props} />,
  },
  'role-changed': {
    subject: ({ team, role }) => `You’re now ${article(role)} of ${team}`,
    body: (props) => <RoleChanged {...props} />,
  },
  'review-due': {
    subject: ({ team }) => `Review the members of ${team}`,
    body: (props) => <ReviewDue {...props} />,
  },
  'key-exposed': { subject: exposedSubject, body: (props) => <KeyExposed {...props} /> },
  'key-expiring': { subject: expiringSubject, body: (props) => <KeyExpiring {...props} /> },
  'incident-opened': {
    subject: ({ team, keyName }) => `The API key “${keyName}” in ${team} was reported as compromised`,
    body: (props) => <IncidentOpened {...props} />,
  },
  notification: { subject: notificationSubject, body: (props) => <Notification {...props} /> },
  'log-retention': { subject: retentionSubject, body: (props) => <LogRetention {...props} /> },
  'team-deleted': {
    subject: ({ team }) => `${team} was deleted`,
    body: (props) => <TeamDeleted {...props} />,
  },
};

/** A subject on one line, so that it can’t add a header, and of limited length. */
const oneLine = (text: string) =>
  text
    .replace(/[^\P{C}\u2060]+/gu, ' ')
    .trim()
    .slice(0, 180);

/** An email as HTML and plain text. Text that people typed becomes inert here, in every template and subject. */
export async function renderMail<T extends Template>(template: T, given: MailProps[T]): Promise<Rendered> {
  const props = inertProps(given);
  const { subject, body } = templates[template];
  const html = await toHtml(body(props));
  const line = typeof subject === 'string' ? subject : oneLine(subject(props));
  return { subject: line, html, text: toPlainText(html) };
}
