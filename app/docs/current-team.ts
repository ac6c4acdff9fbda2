import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { currentUser } from '#app/_http/session.ts';
import { chooseTeam, TEAM_COOKIE } from '#app/_shell/team-cookie.ts';
import { database } from '#db/client.ts';
import { listMemberships, type User } from '#lib/access/member.ts';

/** The signed-in reader of a docs page; anybody else signs in first and comes back to it. */
export async function requireReader(path: string): Promise<User> {
  return (await currentUser()) ?? redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

/** Slug of the team the reader last worked in, or of any; null for somebody without one. */
export async function currentTeam(user: User): Promise<string | null> {
  const [teams, jar] = await Promise.all([listMemberships(database(), user), cookies()]);
  return chooseTeam(teams, jar.get(TEAM_COOKIE)?.value)?.slug ?? null;
}
