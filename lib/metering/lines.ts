import { redactKeys } from '#lib/vault/find-keys.ts';

/**
 * Lines of the spool, each a JSON array and a newline. The first element says which:
 *   i  intent      i, id, at ms, day, team, application, credential, member, environment, api, endpoint, method, path, client ip, user agent
 *   r  refusal     as i, then status, reason, latency ms
 * Element 18 of both, where there is one, says how the call came: `tester`. An intent has nulls between. Without it: `api`.
 *   c  completion  c, id, outcome, status, reason, counted, latency ms, bytes in, bytes out, and upstream ms where it answered
 * Only path, client ip and user agent come from outside, so only they are escaped; the rest are ids and closed sets.
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
  /** How the call came, where it was not with a secret. */
  readonly via?: 'tester' | undefined;
};

export type LineCompletion = {
  readonly outcome: 'answered' | 'aborted';
  /** Status of the answer; null if the client left before there was one. */
  readonly status: number | null;
  /** Failure code of the gateway itself, such as `upstream_timeout`. */
  readonly reason: string | null;
  /** False takes the call off the quota again: it never reached the upstream. */
  readonly counted: boolean;
  readonly latencyMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** From handing the call to the upstream to the head of its answer, where there was one. */
  readonly upstreamMs?: number | undefined;
};

const USER_AGENT_MAX = 256;
const nullable = (text: string | null) => (text === null ? 'null' : `"${text}"`);

// What a credential adds to a line is the same for all of its calls; a changed one is another object.
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

// What a client is and where it calls from is the same with most of its calls.
const clientFields = new Map<string, string>();
const CLIENT_FIELDS_MAX = 2_000;

/** At most `USER_AGENT_MAX` characters of a client's address or user agent, as JSON. */
function clientField(said: string): string {
  const text = said.slice(0, 2 * USER_AGENT_MAX);
  let field = clientFields.get(text);
  if (field === undefined) {
    if (clientFields.size >= CLIENT_FIELDS_MAX) clientFields.clear();
    field = quoted(redactKeys(text).slice(0, USER_AGENT_MAX));
    clientFields.set(text, field);
  }
  return field;
}

function subjectFields(call: LineSubject): string {
  const { credential, route } = call;
  const where = route ? `"${route.apiId}","${route.endpointId}"` : 'null,null';
  return `"${call.id}",${call.atMs.toFixed(3)},"${call.day}",${credentialFields(credential)},${where},"${call.method}",${quoted(redactKeys(call.path))},${clientField(call.clientIp)},${clientField(call.userAgent)}`;
}

/** JSON text of something from outside, with our secret keys masked. PostgreSQL holds no NUL, and a lone surrogate is no text. */
function quoted(text: string): string {
  const json = JSON.stringify(text.toWellFormed());
  return json.includes('\\u0000') ? json.replaceAll('\\u0000', '\\ufffd') : json;
}

export const intentLine = (call: LineSubject): string =>
  `["i",${subjectFields(call)}${call.via ? `,null,null,null,"${call.via}"` : ''}]\n`;

export const refusalLine = (
  call: LineSubject,
  refusal: { status: number; reason: string; latencyMs: number },
): string =>
  `["r",${subjectFields(call)},${refusal.status},"${refusal.reason}",${refusal.latencyMs.toFixed(3)}${call.via ? `,"${call.via}"` : ''}]\n`;

export const completionLine = (call: LineSubject, done: LineCompletion): string =>
  `["c","${call.id}","${done.outcome}",${done.status},${nullable(done.reason)},${done.counted},${done.latencyMs.toFixed(3)},${done.bytesIn},${done.bytesOut}${done.upstreamMs === undefined ? '' : `,${done.upstreamMs.toFixed(3)}`}]\n`;
