import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import { checkedLookup } from './checked-lookup.ts';
import { isPrivateAddress } from './upstream-address.ts';

export const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;
const REDIRECTS_MAX = 5;
const TIMEOUT_MS = 30_000;

/** Fetches a document or one of its files, under the same rules as upstreams. Returns the reason if it can't. */
export async function fetchDocument(
  url: string,
  { allowPrivate }: { allowPrivate: boolean },
): Promise<Uint8Array | string> {
  const agent = new Agent({
    allowH2: false,
    connect: { timeout: TIMEOUT_MS, ...(allowPrivate ? {} : { lookup: checkedLookup }) },
  });
  try {
    let at = url;
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const problem = urlProblem(at, allowPrivate);
      if (problem) return problem;
      const got = await get(agent, at);
      if (typeof got === 'string' || got instanceof Uint8Array) return got;
      at = new URL(got.location, at).href;
    }
    return `It redirects more than ${REDIRECTS_MAX} times`;
  } catch (error) {
    return `It can’t be fetched: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    await agent.destroy();
  }
}

function urlProblem(text: string, allowPrivate: boolean): string | null {
  if (!URL.canParse(text)) return 'It isn’t a valid URL';
  const { protocol, hostname, username, password } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return 'Its URL must start with https:// or http://';
  if (username || password) return 'Its URL must not contain a user name or password';
  const host = hostname.replace(/^\[|\]$/g, '');
  // An IP address is never looked up, so it is checked here.
  return !allowPrivate && isIP(host) && isPrivateAddress(host) ? `${host} is on a private network` : null;
}

async function get(agent: Agent, url: string): Promise<Uint8Array | string | { location: string }> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher: agent,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    signal: AbortSignal.timeout(2 * TIMEOUT_MS),
    headers: { accept: 'application/json, application/yaml, */*;q=0.5' },
  });
  const { location } = headers;
  if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
    await body.dump();
    return { location };
  }
  if (statusCode !== 200) {
    await body.dump();
    return `The server answered with status ${statusCode}`;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > DOCUMENT_BYTES_MAX) return `It is larger than ${DOCUMENT_BYTES_MAX / 1024 / 1024} MB`;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
