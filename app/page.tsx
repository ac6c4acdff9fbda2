import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { database } from '#db/client.ts';
import { listMemberships } from '#lib/access/member.ts';
import { currentUser } from './_http/session.ts';
import { chooseTeam, TEAM_COOKIE } from './_shell/team-cookie.ts';

/** Redirects to the last visited team, to creating a first team, or to sign-in. */
export default async function Home() {
  const user = await currentUser();
  if (!user) redirect('/sign-in');
  const team = chooseTeam(await listMemberships(database(), user), (await cookies()).get(TEAM_COOKIE)?.value);
  redirect(team ? `/t/${team.slug}` : '/welcome');
}
