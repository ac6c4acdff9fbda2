import { render as toHtml, toPlainText } from '@react-email/render';
import type { ReactElement } from 'react';
import type { MailProps, Template } from '#lib/mail/enqueue.ts';
import type { Rendered } from '#lib/mail/worker.ts';
import { AlreadyRegistered, PasswordChanged, ResetPassword, VerifyEmail } from './account.tsx';

type Entry<T extends Template> = { subject: string; body: (props: MailProps[T]) => ReactElement };

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
};

/** A mail as HTML and as text. */
export async function renderMail<T extends Template>(template: T, props: MailProps[T]): Promise<Rendered> {
  const { subject, body } = templates[template];
  const html = await toHtml(body(props));
  return { subject, html, text: toPlainText(html) };
}
