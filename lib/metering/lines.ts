import { redactKeys } from '#lib/vault/find-keys.ts';

/**
 * Lines of the spool, each a JSON array and a newline. The first element is the kind:
 *   i  intent      i, id, at ms, day, team, application, credential, member, environment, api, endpoint, method, path, client ip, user agent
 *   r  refusal     as i, then status, reason, latency ms
 *   c  completion  c, id, outcome, status, reason, counted, latency ms, bytes in, bytes out, and upstream ms if it responded
 * Optional elements of i and r: 18 is the source of the request (`tester`; `api` if absent), 19 the number of requests in
 * the line (1 if absent). Only path, client ip and user agent come from outside, so only they are escaped.
 */

export type LineSubject = {
  readonly id: string;
  readonly atMs: number;
  readonly day: string;
  readonly credential: {
    readonly id: string;
    readonly teamId: string;
    readonly applicationId: string;
    readonly memberId: string | null;
    readonly environment: string;
  };
  readonly route: { readonly endpointId: string; readonly apiId: string } | null;
  readonly method: string;
  readonly path: string;
  readonly clientIp: string;
  readonly userAgent: string;
  /** The source of the request, if not a secret key. */
  readonly via?: 'tester' | undefined;
};

export type LineCompletion = {
  readonly outcome: 'answered' | 'aborted';
  /** Status of the response; null if the client left before there was one. */
  readonly status: number | null;
  /** Failure code of the gateway itself, such as `upstream_timeout`. */
  readonly reason: string | null;
  /** False returns the request to the quota, because it never reached the upstream. */
  readonly counted: boolean;
  readonly latencyMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From forwarding the request to the response's headers, if there were any. */
  readonly upstreamMs?: number | undefined;
};

export type Refusal = { readonly status: number; readonly reason: string; readonly latencyMs: number };

/** Rejected requests of one key that differ only in path and user agent. `call` is the latest one. */
export type RefusalSummary = Refusal & { readonly call: LineSubject; readonly requests: number };

const USER_AGENT_MAX = 256;
/** Rejected requests cost their sender nothing, so less of each is stored. */
const REFUSED_PATH_MAX = 512;
const SUMMARY_TEXT_MAX = 128;
/** Longest form in which a key can appear in a path. Masking looks this far beyond the cut. */
const KEY_TEXT_MAX = 1_024;
const nullable = (text: string | null) => (text === null ? 'null' : `"${text}"`);

// A credential's fields are the same in all of its lines. A changed credential is a new object.
const knownFields = new WeakMap<LineSubject['credential'], string>();

function credentialFields(credential: LineSubject['credential']): string {
  let fields = knownFields.get(credential);
  if (fields === undefined) {
    const { teamId, applicationId, id, memberId, environment } = credential;
    fields = `"${teamId}","${applicationId}","${id}",${nullable(memberId)},"${environment}"`;
    knownFields.set(credential, fields);
  }
  return fields;
}

// Most requests of a client have the same address and user agent.
const clientFields = new Map<string, string>();
const CLIENT_FIELDS_MAX = 2_000;

/** At most `USER_AGENT_MAX` characters of a client's address or user agent, as JSON. */
function clientField(sent: string): string {
  const text = sent.slice(0, 2 * USER_AGENT_MAX);
  let field = clientFields.get(text);
  if (field === undefined) {
    if (clientFields.size >= CLIENT_FIELDS_MAX) clientFields.clear();
    field = quoted(redactKeys(text).slice(0, USER_AGENT_MAX));
    clientFields.set(text, field);
  }
  return field;
}

function subjectFields(call: LineSubject, path = redactKeys(call.path)): string {
  const { credential, route } = call;
  const where = route ? `"${route.apiId}","${route.endpointId}"` : 'null,null';
  return `"${call.id}",${call.atMs.toFixed(3)},"${call.day}",${credentialFields(credential)},${where},"${call.method}",${quoted(path)},${clientField(call.clientIp)},${clientField(call.userAgent)}`;
}

/** JSON text of something from outside. PostgreSQL stores neither NUL nor lone surrogates. */
function quoted(text: string): string {
  const json = JSON.stringify(text.toWellFormed());
  return json.includes('\\u0000') ? json.replaceAll('\\u0000', '\\ufffd') : json;
}

export const intentLine = (call: LineSubject): string =>
  `["i",${subjectFields(call)}${call.via ? `,null,null,null,"${call.via}"` : ''}]\n`;

/** The start of a text, masked before it is cut: a key at the cut leaves no fragment. */
const masked = (text: string, max: number): string =>
  redactKeys(text.slice(0, max + KEY_TEXT_MAX)).slice(0, max);

export const refusalLine = (call: LineSubject, refusal: Refusal): string =>
  `["r",${subjectFields(call, masked(call.path, REFUSED_PATH_MAX))},${refusalFields(refusal)}${call.via ? `,"${call.via}"` : ''}]\n`;

/** Many rejected requests in one line, with the path and user agent of the latest one. */
export function summaryLine({ call, requests, ...refusal }: RefusalSummary): string {
  const userAgent = masked(call.userAgent, SUMMARY_TEXT_MAX);
  const fields = subjectFields({ ...call, userAgent }, masked(call.path, SUMMARY_TEXT_MAX));
  return `["r",${fields},${refusalFields(refusal)},${nullable(call.via ?? null)},${requests}]\n`;
}

const refusalFields = ({ status, reason, latencyMs }: Refusal): string =>
  `${status},"${reason}",${latencyMs.toFixed(3)}`;

export const completionLine = (call: LineSubject, done: LineCompletion): string =>
  `["c","${call.id}","${done.outcome}",${done.status},${nullable(done.reason)},${done.counted},${done.latencyMs.toFixed(3)},${done.bytesIn},${done.bytesOut}${done.upstreamMs === undefined ? '' : `,${done.upstreamMs.toFixed(3)}`}]\n`;
