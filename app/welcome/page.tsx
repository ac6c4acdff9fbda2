import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { database } from '#db/client.ts';
import { listMemberships } from '#lib/access/member.ts';
import { Card } from '../_components/card.tsx';
import { PageHeader } from '../_components/page-header.tsx';
import { chooseTeam, TEAM_COOKIE } from '../_shell/team-cookie.ts';
import { requireUser } from '../session.ts';
import { CreateTeam } from './create-team.tsx';
import { VerifyFirst } from './verify-first.tsx';

export const metadata: Metadata = { title: 'Create Your Team' };

/** The dashboard of a person without a team, and where anybody founds a further one (`?new=1`). */
export default async function WelcomePage({ searchParams }: { searchParams: Promise<{ new?: string }> }) {
  const user = await requireUser();
  const another = (await searchParams).new !== undefined;
  const teams = await listMemberships(database(), user);
  const team = another ? undefined : chooseTeam(teams, (await cookies()).get(TEAM_COOKIE)?.value);
  if (team) redirect(`/t/${team.slug}`);
  return (
    <>
      <PageHeader
        title={teams.length > 0 ? 'New team' : `Welcome, ${user.name}`}
        description="Apps, API keys and requests belong to a team. You become its Owner."
      />
      <div className="max-w-[560px]">
        <Card
          title="Create Your Team"
          description="Work alone in it, or have others join you later. You can belong to several teams."
        >
          {user.emailVerified ? <CreateTeam open={another} /> : <VerifyFirst email={user.email} />}
        </Card>
      </div>
    </>
  );
}
