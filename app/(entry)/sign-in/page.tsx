import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { TextLink } from '#app/_components/text-link.tsx';
import { EntryCard } from '#app/_entry/entry-card.tsx';
import { currentUser } from '#app/_http/session.ts';
import { safePath } from '#app/(entry)/safe-path.ts';
import { SignInForm } from './sign-in-form.tsx';

export const metadata: Metadata = { title: 'Sign in' };

const NOTICES: Record<string, string> = {
  'email-verified': 'Your email address is verified. Sign in to continue.',
  'password-changed': 'Your password was changed. Sign in with the new one.',
};

export default async function SignInPage({
  searchParams,
}: {
  searchParams: Promise<{ notice?: string; callbackUrl?: string | string[] }>;
}) {
  const { notice, callbackUrl } = await searchParams;
  const next = safePath(callbackUrl);
  if (await currentUser()) redirect(next);
  return (
    <EntryCard
      title="Sign in"
      description={(notice && NOTICES[notice]) ?? 'Manage your apps, keys and requests.'}
      footer={
        <div className="flex flex-wrap justify-between gap-x-4 gap-y-1">
          <span>
            New here? <TextLink href="/sign-up">Create account</TextLink>
          </span>
          <TextLink href="/found-a-key">I found a key</TextLink>
        </div>
      }
    >
      <SignInForm next={next} />
    </EntryCard>
  );
}
