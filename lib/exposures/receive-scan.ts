import { createHash, verify } from 'node:crypto';
import { inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { DbAndSettings } from '#lib/access/context.ts';
import { confirmEpoch } from '#lib/access/epoch.ts';
import type { Settings } from '#lib/access/settings.ts';
import { hasDigest, parseSecretKey } from '#lib/credentials/format.ts';
import { secretsIn } from '#lib/vault/find-keys.ts';
import type { PublicKeys } from './github-keys.ts';
import { recordExposure } from './record-exposure.ts';

/** One body: tens of thousands of matches. */
export const BODY_MAX_BYTES = 5 * 1024 * 1024;
const MATCHES_MAX = 20_000;
/** GitHub waits 30 seconds. */
const CONFIRM_MS = 10_000;

const Match = z.object({
  token: z.string().max(20_000),
  type: z.string().max(200),
  /** Where the match was found. Can be empty. */
  url: z.string().max(4_000).nullish().catch(null),
  source: z.string().max(100).nullish().catch(null),
});
const Matches = z.array(Match).max(MATCHES_MAX);
type Match = z.output<typeof Match>;

/** Feedback in the format that GitHub documents. The token itself is not sent back. */
type Label = { token_hash: string; token_type: string; label: 'true_positive' | 'false_positive' };

type Received =
  | { ok: true; labels: Label[] }
  | { ok: false; reason: 'not_signed' | 'unreadable' | 'keys_unavailable' };

type Message = { body: Uint8Array; identifier: string | null; signature: string | null };

/**
 * Processes a report from GitHub's secret scanning partner program: ECDSA P-256 with SHA-256 over the raw body. Every
 * match that is a valid key is recorded as found in public. Each distinct token is labeled.
 */
export async function receiveScan(
  { db, keys, settings }: { db: Queryable; keys: PublicKeys; settings: Settings },
  { body, identifier, signature }: Message,
): Promise<Received> {
  if (!identifier || identifier.length > 200 || !signature || signature.length > 200)
    return { ok: false, reason: 'not_signed' };
  const key = await keys(identifier);
  if (key === 'unavailable') return { ok: false, reason: 'keys_unavailable' };
  if (key === 'unknown' || !verify('sha256', body, key, Buffer.from(signature, 'base64')))
    return { ok: false, reason: 'not_signed' };

  const matches = read(body);
  if (!matches) return { ok: false, reason: 'unreadable' };
  const genuine = await genuineSecrets(db, matches);
  await recordAll({ db, settings }, matches, genuine);
  const labels = new Map<string, Label>();
  for (const { token, type } of matches) {
    const label = genuine.has(secretOf(token)) ? 'true_positive' : 'false_positive';
    labels.set(`${type}\n${token}`, { token_hash: sha256(token), token_type: type, label });
  }
  return { ok: true, labels: [...labels.values()] };
}

function read(body: Uint8Array): Match[] | null {
  try {
    return Matches.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))).data ?? null;
  } catch {
    return null;
  }
}

/** The secret key in a match: the match itself, or a part of it. */
const secretOf = (token: string): string => secretsIn(token)[0] ?? '';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const LOOKUP_BATCH = 1_000;

/** The secrets that exist, looked up by their digests. A wrong checksum needs no query. */
async function genuineSecrets(db: Queryable, matches: Match[]): Promise<Set<string>> {
  const secrets = [...new Set(matches.map(({ token }) => secretOf(token)).filter(Boolean))];
  const genuine = new Set<string>();
  for (let i = 0; i < secrets.length; i += LOOKUP_BATCH) {
    const batch = secrets.slice(i, i + LOOKUP_BATCH);
    const rows = await db
      .select({ keyId: credentials.keyId, digest: credentials.secretDigest })
      .from(credentials)
      .where(
        inArray(
          credentials.keyId,
          batch.flatMap((secret) => parseSecretKey(secret)?.keyId ?? []),
        ),
      );
    const digests = new Map(rows.map(({ keyId, digest }) => [keyId, digest]));
    for (const secret of batch) {
      const stored = digests.get(parseSecretKey(secret)?.keyId ?? '');
      if (stored && hasDigest(secret, stored)) genuine.add(secret);
    }
  }
  return genuine;
}

async function recordAll(
  { db, settings }: DbAndSettings,
  matches: Match[],
  genuine: ReadonlySet<string>,
): Promise<void> {
  let last: number | null = null;
  const seen = new Set<string>();
  for (const { token, url, source } of matches) {
    const secret = secretOf(token);
    const place = url || (source ? `GitHub, ${source.replaceAll('_', ' ')}` : 'GitHub');
    if (!genuine.has(secret) || seen.has(`${secret} ${place}`)) continue;
    seen.add(`${secret} ${place}`);
    const note = source ? `GitHub found it in: ${source.replaceAll('_', ' ')}.` : '';
    const recorded = await recordExposure(
      { db, settings },
      { secret, source: 'secret_scanning', place, note },
    );
    if (recorded.known && recorded.epoch !== null) last = recorded.epoch;
  }
  // Epochs are applied in order, so the last one confirms all of them.
  if (last !== null) await confirmEpoch(db, last, CONFIRM_MS);
}
