import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { TextLink } from '#app/_components/text-link.tsx';
import { requireUser } from '#app/_http/session.ts';
import { chooseTeam, TEAM_COOKIE } from '#app/_shell/team-cookie.ts';
import { database } from '#db/client.ts';
import { listMemberships } from '#lib/access/member.ts';
import { listSuspensions } from '#lib/teams/list-suspensions.ts';
import { listDeletedTeams } from '#lib/teams/restore-team.ts';
import { CreateTeam } from './create-team.tsx';
import { DeletedTeams } from './deleted-teams.tsx';
import { VerifyFirst } from './verify-first.tsx';

export const metadata: Metadata = { title: 'Create Your Team' };

/**
 * The dashboard of a person without a team, the page to create another one (`?new=1`), and the page to restore a deleted
 * team (`?deleted=1`, linked from emails).
 */
export default async function WelcomePage({
  searchParams,
}: {
  searchParams: Promise<{ new?: string; deleted?: string }>;
}) {
  const user = await requireUser();
  const query = await searchParams;
  const another = query.new !== undefined;
  const stay = another || query.deleted !== undefined;
  const teams = await listMemberships(database(), user);
  const team = stay ? undefined : chooseTeam(teams, (await cookies()).get(TEAM_COOKIE)?.value);
  if (team) redirect(`/t/${team.slug}`);
  const deleted = await listDeletedTeams({ db: database(), user });
  const suspended = await listSuspensions({ db: database(), user });
  const restoring = query.deleted !== undefined && deleted.length > 0;
  return (
    <>
      {restoring ? (
        <PageHeader
          title="Restore a team"
          description="A deleted team is kept for 30 days, with its apps, keys and members."
        />
      ) : (
        <PageHeader
          title={teams.length > 0 ? 'New team' : `Welcome, ${user.name}`}
          description="Apps, API keys and requests belong to a team. You become its Owner."
        />
      )}
      <div className="flex max-w-[560px] flex-col gap-6">
        {suspended.map(({ name, slug }) => (
          <Callout key={slug} tone="warning" title={`You’re suspended from ${name}`}>
            You can’t open the team, and requests with your API key for it are rejected.{' '}
            <TextLink href={`/suspended/${slug}`}>See who can reactivate you</TextLink>
          </Callout>
        ))}
        {deleted.length > 0 && <DeletedTeams teams={deleted} />}
        <Card
          title="Create Your Team"
          description="Work alone or invite others later. You can belong to several teams."
        >
          {user.emailVerified ? <CreateTeam open={another} /> : <VerifyFirst email={user.email} />}
        </Card>
      </div>
    </>
  );
}
