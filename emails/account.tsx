import type { MailProps } from '#lib/mail/enqueue.ts';
import { Action, Layout, Paragraph } from './layout.tsx';

export function VerifyEmail({ name, link }: MailProps['verify-email']) {
  return (
    <Layout preview="Confirm your e-mail address" title="Confirm your e-mail address">
      <Paragraph>
        Hello {name}, somebody created an account with this address. If it was you, confirm it:
      </Paragraph>
      <Action href={link}>Verify e-mail</Action>
      <Paragraph>
        The link works once, for 72 hours. If it was not you, ignore this mail: nothing happens.
      </Paragraph>
    </Layout>
  );
}

export function AlreadyRegistered({ name, signInLink, resetLink }: MailProps['already-registered']) {
  return (
    <Layout preview="You already have an account" title="You already have an account">
      <Paragraph>
        Hello {name}, somebody tried to create an account with this address. There is one already:
      </Paragraph>
      <Action href={signInLink}>Sign in</Action>
      <Paragraph>If you have forgotten the password, choose a new one at {resetLink}</Paragraph>
    </Layout>
  );
}

export function ResetPassword({ name, link }: MailProps['reset-password']) {
  return (
    <Layout preview="Choose a new password" title="Choose a new password">
      <Paragraph>Hello {name}, a new password was asked for. If that was you, choose it here:</Paragraph>
      <Action href={link}>Choose a new password</Action>
      <Paragraph>
        The link works once, for 60 minutes. If it was not you, ignore this mail: your password stays.
      </Paragraph>
    </Layout>
  );
}

export function PasswordChanged({ name, resetLink }: MailProps['password-changed']) {
  return (
    <Layout preview="Your password was changed" title="Your password was changed">
      <Paragraph>
        Hello {name}, the password of your account was just changed, and all other sessions were ended.
      </Paragraph>
      <Paragraph>If that was not you, choose a new one at once:</Paragraph>
      <Action href={resetLink}>Reset password</Action>
    </Layout>
  );
}

const TWO_FACTOR = {
  on: 'Two-factor authentication was turned on.',
  off: 'Two-factor authentication was turned off.',
  recovery_code_used: 'Somebody signed in with one of your recovery codes. It does not work again.',
} as const;

export function TwoFactorChanged({ name, change, link }: MailProps['two-factor-changed']) {
  return (
    <Layout preview={TWO_FACTOR[change]} title="Your two-factor authentication">
      <Paragraph>
        Hello {name}. {TWO_FACTOR[change]}
      </Paragraph>
      <Paragraph>If that was not you, change your password at once and end all other sessions:</Paragraph>
      <Action href={link}>Open your profile</Action>
    </Layout>
  );
}
