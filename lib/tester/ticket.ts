import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A ticket of the live tester: the portal signs it, the gateway takes it in `X-Latchkey-Ticket` in place of a secret,
 * once, within 30 seconds, for one credential, one method and one target. It comes from no site: a key restricted to
 * domains is refused, unless the call itself names one of them as its Origin.
 */
type TicketClaims = {
  /** The "Credential ID" it stands in for. */
  readonly keyId: string;
  /** The member who sends the call. */
  readonly memberId: string;
  /** The member's own address: allowed IPs are asked about it. Null when it is not known. */
  readonly clientIp: string | null;
  /** Upper case. */
  readonly method: string;
  /** Path and query as sent to the gateway's node mount: `/{api}/{path}?{query}`. */
  readonly target: string;
  /** `digestBody` of the body; without one the ticket does not bind the body. */
  readonly bodyDigest?: string;
};

export type Ticket = TicketClaims & {
  /** 128 random bits; a second use finds them spent. */
  readonly nonce: string;
  /** Milliseconds since the epoch by the database's clock. */
  readonly expiresAtMs: number;
};

export const TICKET_HEADER = 'X-Latchkey-Ticket';
export const TICKET_LIFETIME_MS = 30_000;
/** Portal and gateway read the database's clock at different moments. */
const CLOCK_SKEW_MS = 5_000;
const LABEL = 'latchkey tester ticket';

/** Signs a ticket. `key` is LATCHKEY_ENCRYPTION_KEY (hexadecimal, or its bytes), `nowMs` the database's clock. */
export function signTicket(key: Buffer | string, claims: TicketClaims, nowMs: number): string {
  const ticket: Ticket = {
    ...claims,
    nonce: randomBytes(16).toString('base64url'),
    expiresAtMs: Math.round(nowMs) + TICKET_LIFETIME_MS,
  };
  const body = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return `v1.${body}.${mac(key, body).toString('base64url')}`;
}

/** Reads a ticket; null when it is not ours, altered or expired. Whether it was used, only the database knows. */
export function readTicket(key: Buffer | string, text: string, nowMs: number): Ticket | null {
  const [version, body, signature, ...rest] = text.split('.');
  if (version !== 'v1' || !body || !signature || rest.length > 0) return null;
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(key, body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  // Signed by us, so it has the shape that `signTicket` gave it.
  const ticket = JSON.parse(Buffer.from(body, 'base64url').toString()) as Ticket;
  const leftMs = ticket.expiresAtMs - nowMs;
  return leftMs > 0 && leftMs <= TICKET_LIFETIME_MS + CLOCK_SKEW_MS ? ticket : null;
}

/** What `bodyDigest` holds: SHA-256 in base64url. */
export const digestBody = (body: Uint8Array | string): string =>
  createHash('sha256').update(body).digest('base64url');

// HKDF (RFC 5869) keeps the signing key apart from the one that seals; derived once a process.
const derived = new Map<string, Buffer>();

function mac(key: Buffer | string, body: string): Buffer {
  const hex = typeof key === 'string' ? key : key.toString('hex');
  let signing = derived.get(hex);
  if (!signing) {
    signing = Buffer.from(hkdfSync('sha256', Buffer.from(hex, 'hex'), '', LABEL, 32));
    derived.set(hex, signing);
  }
  return createHmac('sha256', signing).update(body).digest();
}
