import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { currentUser } from '#app/_http/session.ts';
import { SignUpForm } from './sign-up-form.tsx';

export const metadata: Metadata = { title: 'Create account' };

export default async function SignUpPage() {
  if (await currentUser()) redirect('/');
  return (
    <EntryCard
      title="Create account"
      description="One account for all your teams."
      footer={
        <>
          Already have an account? <TextLink href="/sign-in">Sign in</TextLink>
        </>
      }
    >
      <SignUpForm />
    </EntryCard>
  );
}
