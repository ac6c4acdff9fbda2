import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { outboxIsShown } from '#app/_http/outbox-shown.ts';

export const metadata: Metadata = { title: 'Check your email' };

/** The same for every address, known or not. */
export default function CheckMailPage() {
  return (
    <EntryCard
      title="Check your email"
      description="We sent you an email with the next steps. It can take a minute to arrive. Check your spam folder too."
      footer={<TextLink href="/sign-in">Sign in</TextLink>}
    >
      {outboxIsShown() && (
        <p className="text-muted">
          This installation doesn’t send email. Read it in the <TextLink href="/outbox">outbox</TextLink>.
        </p>
      )}
    </EntryCard>
  );
}
