import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { VerifyEmailForm } from './verify-email-form.tsx';

export const metadata: Metadata = { title: 'Verify email', referrer: 'no-referrer' };

/** Opening the page doesn't use the link, because email scanners open links too. The button does. */
export default async function VerifyEmailPage({ params }: { params: Promise<{ token: string }> }) {
  const { token } = await params;
  return (
    <EntryCard
      title="Verify email"
      description="Confirm that this is your email address."
      footer={<TextLink href="/sign-in">Sign in</TextLink>}
    >
      <VerifyEmailForm token={token} />
    </EntryCard>
  );
}
