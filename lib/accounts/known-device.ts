import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Settings } from '#lib/access/settings.ts';

/** How long a browser is recognized after its last sign-in. */
export const DEVICE_DAYS = 180;
/** Accounts that one browser is recognized for. The oldest is forgotten first. */
const ACCOUNTS_MAX = 5;
const SEPARATOR = '~';
const TOKEN = /^(\d{1,14})\.([\w-]{22})\.([\w-]{43})$/;

type Account = { userId: string; devicesValidFrom: Date | null };

/**
 * The value of the device cookie after a sign-in: a token for this account, and the existing tokens of others. A token
 * names no account, only proves an earlier sign-in, and opens no session. It gives the browser its own throttle, so
 * strangers who guess a password can't lock out its owner (OWASP, device cookies).
 */
export function rememberDevice(
  settings: Settings,
  cookie: string | null,
  userId: string,
  now = new Date(),
): string {
  const issued = String(now.getTime());
  const nonce = randomBytes(16).toString('base64url');
  const others = tokensOf(cookie).filter((token) => parse(settings, token, userId) === null);
  const own = `${issued}.${nonce}.${macOf(settings, userId, issued, nonce)}`;
  return [own, ...others].slice(0, ACCOUNTS_MAX).join(SEPARATOR);
}

/** The ID of this browser if it is a known device of the account, else null. */
export function knownDevice(
  settings: Settings,
  cookie: string | null,
  { userId, devicesValidFrom }: Account,
  now = new Date(),
): string | null {
  const oldest = now.getTime() - DEVICE_DAYS * 86_400_000;
  const validFrom = Math.max(oldest, devicesValidFrom?.getTime() ?? 0);
  for (const token of tokensOf(cookie)) {
    const found = parse(settings, token, userId);
    if (found && found.issuedMs >= validFrom && found.issuedMs <= now.getTime()) return found.nonce;
  }
  return null;
}

const tokensOf = (cookie: string | null): string[] =>
  (cookie ?? '').slice(0, 1_000).split(SEPARATOR).filter(Boolean).slice(0, ACCOUNTS_MAX);

function parse(settings: Settings, token: string, userId: string) {
  const [, issued = '', nonce = '', mac = ''] = TOKEN.exec(token) ?? [];
  if (!mac) return null;
  const expected = Buffer.from(macOf(settings, userId, issued, nonce));
  return timingSafeEqual(Buffer.from(mac), expected) ? { nonce, issuedMs: Number(issued) } : null;
}

function macOf({ authSecret }: Settings, userId: string, issued: string, nonce: string): string {
  const key = Buffer.from(hkdfSync('sha256', authSecret, '', 'latchkey device cookie v1', 32));
  return createHmac('sha256', key).update(`${userId} ${issued} ${nonce}`).digest('base64url');
}
