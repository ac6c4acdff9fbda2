import type { Metadata } from 'next';
import { Card } from '#app/_components/card.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { requireUser } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readTwoFactor } from '#lib/accounts/read-two-factor.ts';
import { listSessions } from '#lib/accounts/sessions.ts';
import { NameForm, PasswordForm } from './profile-forms.tsx';
import { SessionList } from './session-list.tsx';
import { TwoFactorCard } from './two-factor-card.tsx';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage() {
  const user = await requireUser();
  const context = { db: database(), user };
  const [sessions, twoFactor] = await Promise.all([listSessions(context), readTwoFactor(context)]);
  return (
    <>
      <PageHeader
        title="Profile"
        description="Your name, password, sessions and two-factor authentication."
      />
      <div className="flex max-w-[720px] flex-col gap-6">
        <Card title="Name" description={`You sign in as ${user.email}.`}>
          <NameForm name={user.name} />
        </Card>
        <Card title="Password management" description="Changing it signs you out everywhere else.">
          <PasswordForm />
        </Card>
        <div id="sessions" className="scroll-mt-20">
          <Card
            title="Sessions"
            description="Browsers you’re signed in with. End any you don’t recognize."
            flush
          >
            <SessionList sessions={sessions} />
          </Card>
        </div>
        <TwoFactorCard {...twoFactor} />
      </div>
    </>
  );
}
