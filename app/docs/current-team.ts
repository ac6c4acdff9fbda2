import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { currentUser } from '#app/_http/session.ts';
import { chooseTeam, TEAM_COOKIE } from '#app/_shell/team-cookie.ts';
import { database } from '#db/client.ts';
import { listMemberships, type User } from '#lib/access/member.ts';

/** The signed-in reader of a docs page. Others sign in first and return to it. */
export async function requireReader(path: string): Promise<User> {
  return (await currentUser()) ?? redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

/** The slug of the reader's last team, or of any of their teams. Null if they have none. */
export async function currentTeam(user: User): Promise<string | null> {
  const [teams, jar] = await Promise.all([listMemberships(database(), user), cookies()]);
  return chooseTeam(teams, jar.get(TEAM_COOKIE)?.value)?.slug ?? null;
}
