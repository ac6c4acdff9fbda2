import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { ResetPasswordForm } from './reset-password-form.tsx';

export const metadata: Metadata = { title: 'Choose a new password', referrer: 'no-referrer' };

export default async function ResetPasswordPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  return (
    <EntryCard
      title="Choose a new password"
      description="Changing it signs you out everywhere."
      footer={<TextLink href="/forgot-password">Request a new link</TextLink>}
    >
      <ResetPasswordForm token={token} />
    </EntryCard>
  );
}
