import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { invitations } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Settings } from '#lib/access/settings.ts';
import { digestToken } from '#lib/vault/tokens.ts';

/** How long a link is valid (ASVS 6.4.1). */
export const INVITATION_HOURS = 72;

type Version = { id: string; generation: number };

/** An emailed link proves that the person owns the mailbox. A copied one proves nothing. */
export type Via = 'mailed' | 'copied';

/**
 * The token is an HMAC of the row's ID and generation: it has 256 bits of entropy, can be derived again, and isn't in
 * any database dump (ASVS 6.5.2, 11.5.1). A copied link has its own token, which names the row.
 */
function tokenOf(settings: Settings, { id, generation }: Version, via: Via): string {
  const mac = createHmac('sha256', linkKey(settings));
  if (via === 'mailed') return mac.update(`${id}:${generation}`).digest('base64url');
  return `${id}.${mac.update(`${id}:${generation}:copied`).digest('base64url')}`;
}

const linkKey = (settings: Settings) =>
  Buffer.from(
    hkdfSync('sha256', Buffer.from(settings.encryptionKey, 'hex'), '', 'latchkey invitation link v1', 32),
  );

/** The link of one generation of an invitation. The host comes from the configuration. */
export const invitationLink = (settings: Settings, version: Version, via: Via): string =>
  `${settings.portalUrl}/invitations/${tokenOf(settings, version, via)}`;

/** The digest of the emailed token, as the row stores it. */
export const invitationDigest = (settings: Settings, version: Version): Uint8Array =>
  digestToken(tokenOf(settings, version, 'mailed'));

/** The invitation whose current generation a token belongs to, in any state. Null for any other text. */
export async function locateInvitation(
  { db, settings }: DbAndSettings,
  token: string,
): Promise<(Version & { via: Via }) | null> {
  const via: Via = token.includes('.') ? 'copied' : 'mailed';
  const id = token.slice(0, token.indexOf('.'));
  if (via === 'copied' && !z.uuid().safeParse(id).success) return null;
  const [row] = await db
    .select({ id: invitations.id, generation: invitations.generation })
    .from(invitations)
    .where(via === 'copied' ? eq(invitations.id, id) : eq(invitations.tokenDigest, digestToken(token)));
  if (!row) return null;
  // An emailed token was found by its digest. Of a copied one, only the row's ID was compared so far.
  if (via === 'copied' && !timingSafeEqual(digestToken(token), digestToken(tokenOf(settings, row, via))))
    return null;
  return { ...row, via };
}
