import type { Metadata } from 'next';
import { database } from '#db/client.ts';
import { listSessions } from '#lib/accounts/sessions.ts';
import { Card } from '../_components/card.tsx';
import { PageHeader } from '../_components/page-header.tsx';
import { requireUser } from '../session.ts';
import { NameForm, PasswordForm } from './profile-forms.tsx';
import { SessionList } from './session-list.tsx';

export const metadata: Metadata = { title: 'Profile' };

export default async function ProfilePage() {
  const user = await requireUser();
  const sessions = await listSessions({ db: database(), user });
  return (
    <>
      <PageHeader title="Profile" description="Your name, your password, and where you are signed in." />
      <div className="flex max-w-[720px] flex-col gap-6">
        <Card title="Name" description={`You sign in as ${user.email}.`}>
          <NameForm name={user.name} />
        </Card>
        <Card title="Password management" description="Changing it ends all your other sessions.">
          <PasswordForm />
        </Card>
        <Card
          title="Sessions"
          description="Browsers you are signed in with. End the ones you do not know."
          flush
        >
          <SessionList sessions={sessions} />
        </Card>
      </div>
    </>
  );
}
