import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';

/**
 * A ticket of the API Tester: a JWT that the portal signs and the gateway accepts in `X-Latchkey-Ticket` instead of a secret
 * key: once, within 30 seconds, for one credential, one method and one target. It has no origin, so a key with allowed
 * domains is rejected unless the request itself names one of them as its Origin.
 */
type TicketClaims = {
  /** The Credential ID of the key it replaces. */
  readonly keyId: string;
  /** The member who sends the request. */
  readonly memberId: string;
  /** The member's IP address, checked against allowed IPs. Null if unknown. */
  readonly clientIp: string | null;
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent to the gateway: `/{api}/{path}?{query}`. */
  readonly target: string;
  /** `digestBody` of the body. Without it, the ticket isn't bound to a body. */
  readonly bodyDigest?: string;
};

export type Ticket = TicketClaims & {
  /** 128 random bits. The database accepts each nonce once. */
  readonly nonce: string;
  /** Milliseconds since the epoch by the database's clock. */
  readonly expiresAtMs: number;
};

export const TICKET_HEADER = 'X-Latchkey-Ticket';
export const TICKET_LIFETIME_MS = 30_000;
/** The portal and the gateway read the database's clock at different times. */
const CLOCK_SKEW_MS = 5_000;
const KEY_LABEL = 'latchkey tester ticket';
const TYPE = 'latchkey-tester+jwt';
const ISSUER = 'latchkey-portal';
const AUDIENCE = 'latchkey-gateway';
const ALGORITHM = 'HS256';

/** Signs a ticket. `key` is LATCHKEY_ENCRYPTION_KEY (hexadecimal or bytes), `nowMs` the database's clock. */
export function signTicket(key: Buffer | string, claims: TicketClaims, nowMs: number): Promise<string> {
  const expiresAtMs = Math.round(nowMs) + TICKET_LIFETIME_MS;
  return new SignJWT({ ...claims, expiresAtMs })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setJti(randomBytes(16).toString('base64url'))
    .setExpirationTime(Math.ceil(expiresAtMs / 1_000))
    .sign(signingKey(key));
}

/** Reads a ticket. Null if it isn't ours, was altered or has expired. Only the database knows whether it was used. */
export async function readTicket(key: Buffer | string, text: string, nowMs: number): Promise<Ticket | null> {
  try {
    const { payload } = await jwtVerify<Omit<Ticket, 'nonce'> & { jti: string }>(text, signingKey(key), {
      ...{ algorithms: [ALGORITHM], typ: TYPE, issuer: ISSUER, audience: AUDIENCE },
      ...{ requiredClaims: ['jti', 'expiresAtMs'], currentDate: new Date(nowMs) },
    });
    const { iss: _iss, aud: _aud, exp: _exp, jti: nonce, ...claims } = payload;
    // Tokens count in seconds, tickets in milliseconds.
    const leftMs = claims.expiresAtMs - nowMs;
    return leftMs > 0 && leftMs <= TICKET_LIFETIME_MS + CLOCK_SKEW_MS ? { ...claims, nonce } : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** SHA-256 in base64url, for `bodyDigest`. */
export const digestBody = (body: Uint8Array | string): string =>
  createHash('sha256').update(body).digest('base64url');

/** HKDF (RFC 5869) separates the signing key from the encryption key. Derived once per process. */
const derived = new Map<string, Uint8Array>();

function signingKey(key: Buffer | string): Uint8Array {
  const hex = typeof key === 'string' ? key : key.toString('hex');
  const known =
    derived.get(hex) ?? new Uint8Array(hkdfSync('sha256', Buffer.from(hex, 'hex'), '', KEY_LABEL, 32));
  derived.set(hex, known);
  return known;
}
