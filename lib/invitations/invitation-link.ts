import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { invitations } from '#db/schema/teams.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import type { Settings } from '#lib/access/settings.ts';
import { digestToken } from '#lib/vault/tokens.ts';

/** How long a link works (ASVS 6.4.1). */
export const INVITATION_HOURS = 72;

/** What stands in the address of an invitation; anything else finds nothing. */
export const InvitationToken = z.object({ token: z.string().max(200) });

type Version = { id: string; generation: number };

/** Whether a link came by mail, which proves the mailbox, or was handed on by a manager, which proves nothing. */
export type Via = 'mailed' | 'copied';

/**
 * The token is an HMAC of the row and its generation: it has the 256 bits of its key, can be made again, and no dump
 * of the database holds it (ASVS 6.5.2, 11.5.1). A copied one is a value of its own and names its row.
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

/** The link of one generation of an invitation. Its host comes from the configuration. */
export const invitationLink = (settings: Settings, version: Version, via: Via): string =>
  `${settings.portalUrl}/invitations/${tokenOf(settings, version, via)}`;

/** What the row holds of the mailed token. */
export const invitationDigest = (settings: Settings, version: Version): Uint8Array =>
  digestToken(tokenOf(settings, version, 'mailed'));

/** The invitation a token belongs to in its present generation, whatever has become of it; null for any other text. */
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
  // The mailed one was found by its digest; of the copied one only the row's name has been looked at so far.
  if (via === 'copied' && !timingSafeEqual(digestToken(token), digestToken(tokenOf(settings, row, via))))
    return null;
  return { ...row, via };
}
