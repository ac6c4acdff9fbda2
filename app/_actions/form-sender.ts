import { headers } from 'next/headers';
import { currentUser } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readSettings } from '#lib/env.ts';
import type { Sender } from './refuse-keys.ts';

/** The sender of this request's form. The page is named without team and IDs, because its reader can be in another team. */
export async function formSender(): Promise<Sender> {
  const user = await currentUser();
  const referer = (await headers()).get('referer');
  const path = referer && URL.canParse(referer) ? new URL(referer).pathname : '';
  const [, page] = /^\/(?:t\/[^/]+\/?)?([a-z-]{0,30})/.exec(path) ?? [];
  return {
    db: database(),
    settings: readSettings(),
    by: user && { userId: user.userId, name: user.name },
    page: page ? `Page “${page}”` : 'A page of the portal',
  };
}
