import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { outboxIsShown } from '#app/_http/outbox-shown.ts';
import { ForgotPasswordForm } from './forgot-password-form.tsx';

export const metadata: Metadata = { title: 'Forgot password' };

export default function ForgotPasswordPage() {
  return (
    <EntryCard
      title="Forgot password?"
      description="Enter your email address. We’ll send you a link to choose a new password."
      footer={<TextLink href="/sign-in">Sign in</TextLink>}
    >
      <ForgotPasswordForm outbox={outboxIsShown()} />
    </EntryCard>
  );
}
