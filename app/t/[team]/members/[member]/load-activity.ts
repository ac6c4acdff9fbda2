import { notFound, redirect } from 'next/navigation';
import { cache } from 'react';
import { z } from 'zod';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { can } from '#lib/access/permissions.ts';
import { readMemberActivity } from '#lib/members/read-member-activity.ts';

/** The actor and one member's activity, loaded once per request. A member of another team looks absent. */
export async function loadActivity(params: Promise<{ team: string; member: string }>) {
  const { team, member } = await params;
  return load(team, member);
}

const load = cache(async (team: string, memberId: string) => {
  const member = await requireMember(team);
  if (!z.uuid().safeParse(memberId).success) notFound();
  // Members can't see others' activity, only the list of members.
  if (memberId !== member.memberId && !can(member, 'member.activity')) redirect(`/t/${team}/members`);
  const activity = (await readMemberActivity({ db: database(), member }, memberId)) ?? notFound();
  return { member, activity, base: `/t/${member.teamSlug}/members/${memberId}` };
});
