import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { AppId } from '#lib/applications/input.ts';
import { readApplication } from '#lib/applications/read-application.ts';

export type AppParams = Promise<{ team: string; app: string }>;

/** The member and the application in the URL. Another team's looks absent. Once per request. */
export async function loadApp(params: AppParams) {
  const { team, app } = await params;
  return load(team, app);
}

const load = cache(async (team: string, appId: string) => {
  const member = await requireMember(team);
  if (!AppId.safeParse(appId).success) notFound();
  const app = (await readApplication({ db: database(), member }, { appId })) ?? notFound();
  return { member, app, base: `/t/${member.teamSlug}/apps/${app.appId}` };
});
