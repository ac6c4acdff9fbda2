import type { Metadata } from 'next';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { FoundKeyForm } from './found-key-form.tsx';

export const metadata: Metadata = { title: 'I found a key', robots: { index: true } };
export const dynamic = 'force-dynamic';

export default function FoundKeyPage() {
  return (
    <EntryCard
      title="I found a key"
      description="You came across a secret key of this service, in a repository, a chat or a log? Paste it here. Having it is all the proof we need, and you need no account."
      footer={
        <>
          Is it your own? <TextLink href="/sign-in">Sign in</TextLink> and rotate it.
        </>
      }
    >
      <FoundKeyForm />
    </EntryCard>
  );
}
