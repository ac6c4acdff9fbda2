import { Secret, TOTP } from 'otpauth';

/** What every authenticator app assumes: SHA-1, six digits, thirty seconds (RFC 6238). */
const SHAPE = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after the current one that are accepted (RFC 6238, 5.2). */
const WINDOW = 1;

/** A new secret of 160 bits, in base32 (RFC 4226, section 4, R6). */
export const newTotpSecret = (): string => new Secret({ size: 20 }).base32;

const totpOf = (secret: string, label: string) =>
  new TOTP({ ...SHAPE, issuer: 'Latchkey', label, secret: Secret.fromBase32(secret) });

/** The `otpauth:` URL that an authenticator app reads from a QR code. */
export const totpUri = (secret: string, email: string): string => totpOf(secret, email).toString();

/** The code that an app shows at a given time. */
export const totpCode = (secret: string, now: Date): string =>
  totpOf(secret, '').generate({ timestamp: now.getTime() });

/** The time step of a code. Null if it isn't the current, previous or next step. */
export function totpStep(secret: string, code: string, now: Date): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const timestamp = now.getTime();
  const delta = totpOf(secret, '').validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / 1000 / SHAPE.period) + delta;
}
