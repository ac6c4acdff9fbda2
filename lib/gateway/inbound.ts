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

/** Request headers that are forwarded (RFC 9110 and related RFCs). All others are dropped. */
const CARRIED = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-md5',
  'content-digest',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'idempotency-key',
  'prefer',
  'range',
  'repr-digest',
  'traceparent',
  'tracestate',
  'user-agent',
]);

/** Result of one pass over the headers. */
export type ReadHeaders = {
  /** Forwarded headers, lowercase names and values alternating. */
  carried: string[];
  /** All other headers, in the same form. The route decides which of them are header parameters of its API. */
  extra: string[];
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
  /** Names that `Connection` declares hop-by-hop (RFC 9110 section 7.6.1), lowercase. */
  connection: string | undefined;
};

/** Sorts the headers of a request in one pass. */
export function readHeaders(raw: readonly string[]): ReadHeaders {
  const read: ReadHeaders = {
    carried: [],
    extra: [],
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
    connection: undefined,
  };
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
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
      case 'referer':
        read.referer = value;
        break;
      case 'x-forwarded-for':
        read.forwardedFor = read.forwardedFor === undefined ? value : `${read.forwardedFor},${value}`;
        break;
      default:
        if (name === 'user-agent') read.userAgent = value;
        if (CARRIED.has(name)) read.carried.push(name, value);
        else read.extra.push(name, value);
    }
  }
  if (read.connection !== undefined && read.connection !== 'keep-alive' && read.connection !== 'close') {
    dropNamed(read, read.connection);
  }
  return read;
}

function dropNamed(read: ReadHeaders, connection: string): void {
  const named = new Set(connection.split(',').map((name) => name.trim()));
  read.carried = withoutNames(read.carried, named);
  read.extra = withoutNames(read.extra, named);
}

function withoutNames(pairs: string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) if (!names.has(pairs[i]!)) kept.push(pairs[i]!, pairs[i + 1]!);
  return kept;
}

/** Never forwarded, even if an API's document declares them as header parameters. */
const NEVER =
  /^(proxy-|x-middleware-|x-nextjs-|next-|rsc$|x-latchkey-|x-forwarded|forwarded$|x-real-ip$|x-request-id$|cookie|te$|trailer$|expect$|keep-alive$|host$|sec-|x-original-|x-rewrite-|x-http-method)|_/;

/** The headers that the API's document declares as parameters of the endpoint. */
export function ownHeaders(extra: readonly string[], declared: ReadonlySet<string> | undefined): string[] {
  if (!declared?.size) return [];
  const own: string[] = [];
  for (let i = 0; i < extra.length; i += 2) {
    const name = extra[i]!;
    if (declared.has(name) && !NEVER.test(name)) own.push(name, extra[i + 1]!);
  }
  return own;
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
