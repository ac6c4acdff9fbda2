import { STATUS_CODES } from 'node:http';
import { Agent, type Dispatcher } from 'undici';
import type { TesterCall } from './build-call.ts';
import { type BodyContent, bodyContent } from './response-body.ts';

/** The part of a body that is shown. The rest is read and counted up to the second limit. */
export const KEPT_BYTES = 1_048_576;
const READ_BYTES_MAX = 16 * 1_048_576;
const TOTAL_MS = 60_000;
const HEADER_BYTES_MAX = 96 * 1024;

export type TesterResponse = {
  status: number;
  /** "Not Found". */
  statusText: string;
  headers: [name: string, value: string][];
  body: BodyContent;
  /** Bytes read of the body. */
  sizeBytes: number;
  /** The body is longer than what is read, or the connection closed early. */
  incomplete: boolean;
  firstByteMs: number;
  timeMs: number;
};

export type GatewayResult =
  | { ok: true; response: TesterResponse }
  | { ok: false; reason: 'unreachable' | 'timeout' | 'cancelled' };

// A little longer than the gateway waits for an upstream.
const agent = new Agent({
  connect: { timeout: 5_000 },
  headersTimeout: 45_000,
  bodyTimeout: 30_000,
  maxHeaderSize: HEADER_BYTES_MAX,
  connections: 64,
  // A proxy in front of the gateway may offer HTTP/2, which has no raw headers.
  allowH2: false,
});

/** Sends a request to the gateway at `gatewayUrl`. Redirects aren't followed: they are shown as responses. */
export async function callGateway(
  gatewayUrl: string,
  call: TesterCall,
  extraHeaders: [string, string][],
  signal?: AbortSignal,
): Promise<GatewayResult> {
  const { origin, pathname } = new URL(gatewayUrl);
  const startedAt = performance.now();
  const limit = AbortSignal.timeout(TOTAL_MS);
  try {
    const received = await agent.request({
      origin,
      // Exactly the ticket's target: parsing it as a URL would normalize dots and encodings.
      path: pathname.replace(/\/$/, '') + call.target,
      method: call.method as Dispatcher.HttpMethod, // One of the catalog's methods.
      headers: [
        ...call.headers,
        ['Accept-Encoding', 'identity'],
        ['User-Agent', 'Latchkey API Tester'],
        ...extraHeaders,
      ].flat(),
      body: call.body,
      responseHeaders: 'raw',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const firstByteMs = performance.now() - startedAt;
    const read = await readBody(received.body);
    if (signal?.aborted) return { ok: false, reason: 'cancelled' };
    const headers = pairs(received.headers as unknown as (string | Buffer)[]); // `raw` asks for a flat list.
    const response = {
      ...{ status: received.statusCode, headers, firstByteMs },
      statusText: STATUS_CODES[received.statusCode] ?? '',
      body: bodyContent(read.kept, headers, read.sizeBytes > read.kept.length),
      sizeBytes: read.sizeBytes,
      incomplete: read.incomplete,
      timeMs: performance.now() - startedAt,
    };
    return { ok: true, response };
  } catch (error) {
    if (signal?.aborted) return { ok: false, reason: 'cancelled' };
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const late = limit.aborted || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_CONNECT_TIMEOUT';
    return { ok: false, reason: late ? 'timeout' : 'unreachable' };
  }
}

/** Reads a body to its end, so that the request isn't logged as aborted, but keeps only the beginning. */
async function readBody(body: Dispatcher.ResponseData['body']) {
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let sizeBytes = 0;
  let incomplete = false;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (keptBytes < KEPT_BYTES) {
        const part = chunk.subarray(0, KEPT_BYTES - keptBytes);
        kept.push(part);
        keptBytes += part.length;
      }
      if (sizeBytes > READ_BYTES_MAX) {
        incomplete = true;
        break; // Leaving the loop closes the connection.
      }
    }
  } catch {
    incomplete = true;
  }
  return { kept: Buffer.concat(kept), sizeBytes, incomplete };
}

function pairs(raw: readonly (string | Buffer)[]): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) list.push([latin1(raw[i]!), latin1(raw[i + 1]!)]);
  return list;
}

const latin1 = (part: string | Buffer) => (typeof part === 'string' ? part : part.toString('latin1'));
