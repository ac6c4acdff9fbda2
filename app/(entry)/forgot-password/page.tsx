import type { Metadata } from 'next';
import { TextLink } from '../../_components/text-link.tsx';
import { outboxIsShown } from '../../outbox/shown.ts';
import { EntryCard } from '../entry-card.tsx';
import { ForgotPasswordForm } from './forgot-password-form.tsx';

export const metadata: Metadata = { title: 'Forgot password' };

export default function ForgotPasswordPage() {
  return (
    <EntryCard
      title="Forgot password?"
      description="Tell us your address, and we mail you a link to choose a new one."
      footer={<TextLink href="/sign-in">Sign in</TextLink>}
    >
      <ForgotPasswordForm outbox={outboxIsShown()} />
    </EntryCard>
  );
}
