'use server';

import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { sharedKeyOf } from '#lib/credentials/format.ts';
import { reachAction } from '#lib/process/action-call.ts';
import { Search, search } from '#lib/teams/search.ts';

type Hit = { id: string; title: string; hint: string; href: string };
export type HitGroup = { heading: string; hits: Hit[] };

const ROLES = { owner: 'Owner', admin: 'Admin', member: 'Member' } as const;

/** Search results in one team, limited to what the reader can see. */
export async function searchTeam(teamSlug: string, text: string): Promise<HitGroup[]> {
  reachAction();
  const member = await requireMember(teamSlug);
  const parsed = Search.safeParse({ query: text });
  if (!parsed.success) return [];
  const found = await search({ db: database(), member }, parsed.data);
  const team = `/t/${member.teamSlug}`;
  return [
    {
      heading: 'Apps',
      hits: found.apps.map((app) => ({
        id: app.publicId,
        title: app.title,
        hint: app.publicId,
        href: `${team}/apps/${app.publicId}`,
      })),
    },
    {
      heading: 'Keys',
      hits: found.keys.map((key) => ({
        id: key.keyId,
        title: sharedKeyOf(key.environment, key.keyId),
        hint: `${key.name} · ${key.appTitle}`,
        href: key.own ? `${team}/my-key` : `${team}/api-keys/${key.keyId}`,
      })),
    },
    {
      heading: 'Team Members',
      hits: found.people.map((person) => ({
        id: person.email,
        title: person.name,
        hint: `${person.email} · ${ROLES[person.role]}`,
        href: `mailto:${person.email}`,
      })),
    },
    {
      heading: 'Requests',
      hits: found.requests.map((request) => ({
        id: request.id,
        title: `${request.method} ${request.path}`,
        hint: `${request.status ?? '—'} · ${request.id}`,
        href: `${team}/logs/${request.id}`,
      })),
    },
  ].filter((group) => group.hits.length > 0);
}
