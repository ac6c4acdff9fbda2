import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { outboxIsShown } from '#app/_http/outbox-shown.ts';

export const metadata: Metadata = { title: 'Check your mail' };

/** The same for every address, known or not. */
export default function CheckMailPage() {
  return (
    <EntryCard
      title="Check your mail"
      description="We have sent you a mail with what to do next. It can take a minute; look among the spam, too."
      footer={<TextLink href="/sign-in">Sign in</TextLink>}
    >
      {outboxIsShown() && (
        <p className="text-muted">
          This installation sends no mail: read it in the <TextLink href="/outbox">outbox</TextLink>.
        </p>
      )}
    </EntryCard>
  );
}
