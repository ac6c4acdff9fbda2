import { notFound } from 'next/navigation';
import { cache } from 'react';
import { requireMember } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { readCredential } from '#lib/credentials/read-credential.ts';

export type KeyParams = Promise<{ team: string; key: string }>;

/** The member and the key in the URL. What they can't see looks absent. Once per request. */
export async function loadKey(params: KeyParams) {
  const { team, key } = await params;
  return load(team, key);
}

const load = cache(async (team: string, keyId: string) => {
  const member = await requireMember(team);
  const asked = OneCredential.safeParse({ keyId });
  if (!asked.success) notFound();
  const key = (await readCredential({ db: database(), member }, asked.data)) ?? notFound();
  return { member, key, base: `/t/${member.teamSlug}/api-keys/${key.keyId}` };
});
