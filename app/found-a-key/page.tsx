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
      description="Did you find one of this service’s secret keys in a repository, chat or log? Paste it here. You don’t need an account."
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
