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
      description="All your sessions end when it is changed."
      footer={<TextLink href="/forgot-password">Ask for a new link</TextLink>}
    >
      <ResetPasswordForm token={token} />
    </EntryCard>
  );
}
