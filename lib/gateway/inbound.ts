/** A call as a mount hands it in: nothing is decoded, merged or trusted yet. */
export type Inbound = {
  readonly method: string;
  /** Request target as received, path and query, without the mount's prefix. */
  readonly target: string;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  /** Address of the socket's other end; null where the mount can't know it. */
  readonly remoteAddress: string | null;
};

/** Request headers that travel on (RFC 9110 and its companions). Everything else stays here. */
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

/** What one pass over the headers finds. */
export type ReadHeaders = {
  /** Carried headers, names and values in turn. */
  carried: string[];
  /** Values of an API's own header parameters, lower-case name and value in turn; the route decides on them. */
  extra: string[];
  authorization: string | undefined;
  apiKey: string | undefined;
  sharedKey: string | undefined;
  secretKey: string | undefined;
  /** A ticket of the live tester, in place of a secret. */
  ticket: string | undefined;
  /** A credential header occurred twice. */
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
  /** Names that `Connection` declares hop-by-hop (RFC 9110 section 7.6.1), lower case. */
  connection: string | undefined;
};

/** Sorts the headers of a call in one pass. */
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

/** Never carried, even when an API's document lists them as header parameters. */
const NEVER =
  /^(proxy-|x-middleware-|x-nextjs-|next-|rsc$|x-latchkey-|x-forwarded|forwarded$|x-real-ip$|x-request-id$|cookie|te$|trailer$|expect$|keep-alive$|host$|sec-|x-original-|x-rewrite-|x-http-method)|_/;

/** An API's own header parameters, of those its document names for the endpoint. */
export function ownHeaders(extra: readonly string[], declared: ReadonlySet<string> | undefined): string[] {
  if (!declared?.size) return [];
  const own: string[] = [];
  for (let i = 0; i < extra.length; i += 2) {
    const name = extra[i]!;
    if (declared.has(name) && !NEVER.test(name)) own.push(name, extra[i + 1]!);
  }
  return own;
}
