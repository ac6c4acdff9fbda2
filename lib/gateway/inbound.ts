import { isNeverForwarded } from '#lib/catalog/header-policy.ts';
import { holdsKey, KEY_LENGTH_MIN } from '#lib/vault/find-keys.ts';

/** A request as a mount receives it: nothing is decoded, merged or trusted yet. */
export type Inbound = {
  readonly method: string;
  /** Request target as received, path and query, without the mount's prefix. */
  readonly target: string;
  /** Names and values alternating, as received. */
  readonly rawHeaders: readonly string[];
  /** The socket's remote address; null if the mount can't know it. */
  readonly remoteAddress: string | null;
};

/** A header name as clients spell it: in lower case, and whether it can be forwarded. */
type Name = { readonly name: string; readonly carried: boolean };

// Clients spell their headers the same way every time, so each spelling is classified once.
const names = new Map<string, Name>();
const NAMES_MAX = 2_000;
/** Not a name that anybody sends twice; remembering it would only push out others. */
const NAME_LENGTH_MAX = 64;

function nameOf(spelled: string): Name {
  const known = names.get(spelled);
  if (known) return known;
  const name = spelled.toLowerCase();
  const fresh = { name, carried: !isNeverForwarded(name) };
  if (names.size >= NAMES_MAX) names.clear();
  if (spelled.length <= NAME_LENGTH_MAX) names.set(spelled, fresh);
  return fresh;
}

/** Result of one pass over the headers. */
export type ReadHeaders = {
  /** Headers that can be forwarded, lowercase names and values alternating. The API's policy may hold some back. */
  carried: string[];
  /** Headers that contain a key, in the same form. An API can have its keys sent in one of them. */
  held: string[];
  authorization: string | undefined;
  apiKey: string | undefined;
  sharedKey: string | undefined;
  secretKey: string | undefined;
  /** A tester ticket, used in place of a secret key. */
  ticket: string | undefined;
  /** A credential header occurs twice. */
  repeated: boolean;
  contentLength: string | undefined;
  transferEncoding: string | undefined;
  host: string | undefined;
  hosts: number;
  origin: string | undefined;
  referer: string | undefined;
  forwardedFor: string | undefined;
  userAgent: string;
  upgrade: boolean;
  /** The client accepts trailers (`TE: trailers`). */
  trailers: boolean;
  /** `Access-Control-Request-Method` and `-Headers` of a preflight. */
  requestedMethod: string | undefined;
  requestedHeaders: string | undefined;
  /** Sent by a browser (`Sec-Fetch-Site`). Node's fetch sends `Sec-Fetch-Mode` too. */
  isBrowser: boolean;
  /** Names that `Connection` declares hop-by-hop (RFC 9110 section 7.6.1), lowercase. */
  connection: string | undefined;
};

const ACCEPTS_TRAILERS = /(?:^|,)[ \t]*trailers[ \t]*(?:$|[,;])/i;

const newRead = (): ReadHeaders => ({
  carried: [],
  held: [],
  authorization: undefined,
  apiKey: undefined,
  sharedKey: undefined,
  secretKey: undefined,
  ticket: undefined,
  repeated: false,
  contentLength: undefined,
  transferEncoding: undefined,
  host: undefined,
  hosts: 0,
  origin: undefined,
  referer: undefined,
  forwardedFor: undefined,
  userAgent: '',
  upgrade: false,
  trailers: false,
  requestedMethod: undefined,
  requestedHeaders: undefined,
  isBrowser: false,
  connection: undefined,
});

/** Sorts the headers of a request in one pass. */
export function readHeaders(raw: readonly string[]): ReadHeaders {
  const read = newRead();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const { name, carried } = nameOf(raw[i]!);
    const value = raw[i + 1]!;
    switch (name) {
      case 'authorization':
        read.repeated ||= read.authorization !== undefined;
        read.authorization = value;
        break;
      case 'x-api-key':
        read.repeated ||= read.apiKey !== undefined;
        read.apiKey = value;
        break;
      case 'x-shared-key':
        read.repeated ||= read.sharedKey !== undefined;
        read.sharedKey = value;
        break;
      case 'x-secret-key':
        read.repeated ||= read.secretKey !== undefined;
        read.secretKey = value;
        break;
      case 'x-latchkey-ticket':
        read.repeated ||= read.ticket !== undefined;
        read.ticket = value;
        break;
      case 'host':
        read.hosts++;
        read.host = value;
        break;
      case 'content-length':
        read.contentLength = value;
        break;
      case 'transfer-encoding':
        read.transferEncoding = value;
        break;
      case 'connection':
        read.connection =
          read.connection === undefined ? value.toLowerCase() : `${read.connection},${value.toLowerCase()}`;
        break;
      case 'upgrade':
        read.upgrade = true;
        break;
      case 'origin':
        read.origin = value;
        break;
      case 'x-forwarded-for':
        read.forwardedFor = read.forwardedFor === undefined ? value : `${read.forwardedFor},${value}`;
        break;
      default:
        if (name === 'user-agent') read.userAgent = value;
        else if (name === 'referer') read.referer = value;
        if (!carried) readRare(read, name, value);
        // Some clients send their key twice, under another name or in another encoding. It stays here.
        else if (value.length < KEY_LENGTH_MIN || !holdsKey(value)) read.carried.push(name, value);
        else read.held.push(name, value);
    }
  }
  if (read.connection !== undefined && read.connection !== 'keep-alive' && read.connection !== 'close') {
    const named = new Set(read.connection.split(',').map((name) => name.trim()));
    read.carried = withoutNames(read.carried, named);
  }
  return read;
}

/** Headers that are not forwarded, and that few requests have. */
function readRare(read: ReadHeaders, name: string, value: string): void {
  if (name === 'te') read.trailers ||= ACCEPTS_TRAILERS.test(value);
  else if (name === 'access-control-request-method') read.requestedMethod = value;
  else if (name === 'access-control-request-headers') read.requestedHeaders = value;
  else if (name === 'sec-fetch-site') read.isBrowser = true;
}

function withoutNames(pairs: string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) if (!names.has(pairs[i]!)) kept.push(pairs[i]!, pairs[i + 1]!);
  return kept;
}

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(?::\d{0,5})?$/;
// Clients send the same Host over and over.
let lastHost = '';

/** Whether a Host header is well-formed (RFC 9112 section 3.2, RFC 3986 section 3.2.2). */
export function isHost(value: string): boolean {
  if (value === lastHost) return true;
  if (!HOST.test(value)) return false;
  lastHost = value;
  return true;
}
