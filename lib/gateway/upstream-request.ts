import type { Dispatcher } from 'undici';
import { permitted } from '#lib/catalog/header-policy.ts';
import { isForeignApiKey, isForeignAuthorization } from '#lib/catalog/key-policy.ts';
import { holdsKey } from '#lib/vault/find-keys.ts';
import type { Admitted } from './decide.ts';
import type { ReadHeaders } from './inbound.ts';
import type { Route } from './ports.ts';

type Options = {
  /** `X-Forwarded-Host` and `-Proto`, names and values alternating. */
  readonly forwardedAs: readonly string[];
  /** The public path before `/{api}`. */
  readonly forwardedPrefix: string;
};

export type UpstreamRequest = {
  readonly origin: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly headers: string[];
};

/** The request to the upstream for an accepted one. */
export function upstreamRequest(
  { subject, route, target, headers }: Admitted,
  { forwardedAs, forwardedPrefix }: Options,
  hasBody: boolean,
): UpstreamRequest {
  const { credential } = subject;
  const upstream = route.upstreams[credential.environment];
  const { policy } = route;
  const sent = policy ? permitted(headers.carried, policy) : headers.carried;
  // The gateway answers browsers itself, so an upstream gets the page's origin only if the operator lists it.
  if (headers.origin !== undefined && policy?.mode === 'only' && policy.names.has('origin'))
    sent.push('origin', headers.origin);
  if (route.keys) addForeign(sent, headers, route);
  if (hasBody && headers.contentLength !== undefined) sent.push('content-length', headers.contentLength);
  if (subject.clientIp) sent.push('x-forwarded-for', subject.clientIp);
  for (const part of forwardedAs) sent.push(part);
  sent.push('x-forwarded-prefix', `${forwardedPrefix}/${target.api}`);
  sent.push('x-latchkey-team', credential.teamApiId);
  sent.push('x-latchkey-application', credential.applicationPublicId);
  sent.push('x-latchkey-credential', credential.keyId, 'x-request-id', subject.id);
  return {
    origin: upstream.origin,
    method: subject.method as Dispatcher.HttpMethod, // `decide` accepts no others.
    path: upstream.basePath + route.path + (target.query ? `?${target.query}` : ''),
    headers: withOwn(sent, route.upstreamHeader),
  };
}

/** Credential headers that the API's clients don't use for their key: they are for the upstream. */
function addForeign(sent: string[], { authorization, apiKey }: ReadHeaders, { keys, policy }: Route): void {
  const add = (name: string, value: string | undefined, isForeign: boolean) => {
    const isExcluded = policy?.mode === 'except' && policy.names.has(name);
    if (isForeign && value !== undefined && !isExcluded && !holdsKey(value)) sent.push(name, value);
  };
  add('authorization', authorization, isForeignAuthorization(keys ?? null));
  add('x-api-key', apiKey, isForeignApiKey(keys ?? null));
}

/** Adds the operator's own credential. It replaces any client header with that name. */
function withOwn(sent: string[], own: { name: string; value: string } | null): string[] {
  if (!own) return sent;
  const name = own.name.toLowerCase();
  const kept = sent.includes(name) ? dropName(sent, name) : sent;
  kept.push(name, own.value);
  return kept;
}

function dropName(pairs: string[], name: string): string[] {
  const kept: string[] = [];
  for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== name) kept.push(pairs[i]!, pairs[i + 1]!);
  return kept;
}
