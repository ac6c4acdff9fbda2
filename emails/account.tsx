import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';

export function VerifyEmail({ name, link }: MailProps['verify-email']) {
  return (
    <Layout preview="Verify your email address" title="Verify your email address">
      <Paragraph>
        Hello {name}, someone created a Latchkey account with this email address. If it was you, verify your
        address to continue.
      </Paragraph>
      <Action href={link}>Verify email</Action>
      <Paragraph>
        The link works once and expires in 72 hours. If you didn’t create an account, you can ignore this
        email.
      </Paragraph>
    </Layout>
  );
}

export function AlreadyRegistered({ name, signInLink, resetLink }: MailProps['already-registered']) {
  return (
    <Layout preview="You already have an account" title="You already have an account">
      <Paragraph>
        Hello {name}, someone tried to create an account with this email address. You already have one.
      </Paragraph>
      <Action href={signInLink}>Sign in</Action>
      <Paragraph>Forgot your password? Reset it at {resetLink}</Paragraph>
    </Layout>
  );
}

export function ResetPassword({ name, link }: MailProps['reset-password']) {
  return (
    <Layout preview="Reset your password" title="Reset your password">
      <Paragraph>
        Hello {name}, we received a request to reset your password. If it was you, choose a new password.
      </Paragraph>
      <Action href={link}>Choose a new password</Action>
      <Paragraph>
        The link works once and expires in 60 minutes. If you didn’t request it, you can ignore this email.
        Your password won’t change.
      </Paragraph>
    </Layout>
  );
}

export function PasswordChanged({ name, resetLink }: MailProps['password-changed']) {
  return (
    <Layout preview="Your password was changed" title="Your password was changed">
      <Paragraph>Hello {name}, your password was changed. You were signed out everywhere else.</Paragraph>
      <Paragraph>If you didn’t change it, reset your password now:</Paragraph>
      <Action href={resetLink}>Reset password</Action>
    </Layout>
  );
}

const TWO_FACTOR = {
  on: {
    title: 'Two-factor authentication is on',
    text: 'two-factor authentication was turned on for your account.',
  },
  off: {
    title: 'Two-factor authentication is off',
    text: 'two-factor authentication was turned off for your account.',
  },
  recovery_code_used: {
    title: 'A recovery code was used to sign in',
    text: 'someone signed in with one of your recovery codes. That code no longer works.',
  },
} as const;

export const twoFactorSubject = ({ change }: MailProps['two-factor-changed']) => TWO_FACTOR[change].title;

export function TwoFactorChanged({ name, change, link }: MailProps['two-factor-changed']) {
  return (
    <Layout preview={TWO_FACTOR[change].title} title={TWO_FACTOR[change].title}>
      <Paragraph>
        Hello {name}, {TWO_FACTOR[change].text}
      </Paragraph>
      <Paragraph>If this wasn’t you, change your password now and end all other sessions:</Paragraph>
      <Action href={link}>Open your profile</Action>
    </Layout>
  );
}
