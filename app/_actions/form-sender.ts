import { headers } from 'next/headers';
import { currentUser } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readSettings } from '#lib/env.ts';
import type { Sender } from './refuse-keys.ts';

/** Who sends the form of this request. The page is named without teams and ids: its reader may be of another team. */
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
