import { database } from '#db/client.ts';
import { env, readSettings } from '#lib/env.ts';
import { githubKeys, type PublicKeys } from '#lib/exposures/github-keys.ts';
import { BODY_MAX_BYTES, receiveScan } from '#lib/exposures/receive-scan.ts';

export const dynamic = 'force-dynamic';

let keys: PublicKeys | undefined;

const REFUSALS = {
  not_signed: [401, 'The signature does not match.'],
  unreadable: [400, 'The body is not an array of matches.'],
  keys_unavailable: [503, 'The public keys can’t be fetched. Try again later.'],
} as const;

/** Receives reports from GitHub's secret scanning partner program. The body is never logged. */
export async function POST(request: Request): Promise<Response> {
  const body = await readAtMost(request, BODY_MAX_BYTES);
  if (!body) return refusal(413, 'The body is too large.');
  keys ??= githubKeys(env().GITHUB_SECRET_SCANNING_KEYS_URL);
  const received = await receiveScan(
    { db: database(), keys, settings: readSettings() },
    {
      body,
      identifier: request.headers.get('github-public-key-identifier'),
      signature: request.headers.get('github-public-key-signature'),
    },
  );
  if (!received.ok) {
    const [status, detail] = REFUSALS[received.reason];
    return refusal(status, detail);
  }
  return Response.json(received.labels, { headers: { 'Cache-Control': 'no-store' } });
}

function refusal(status: number, detail: string): Response {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  if (status === 503) headers['Retry-After'] = '60';
  return Response.json({ detail }, { status, headers });
}

/** The raw body. Null as soon as it is too long, regardless of its Content-Length. */
async function readAtMost(request: Request, max: number): Promise<Uint8Array | null> {
  if (Number(request.headers.get('content-length') ?? 0) > max) return null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.byteLength;
    if (length > max) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
