import { randomBytes, randomUUID } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { isReadableAction } from '#app/_actions/readable-action.ts';
import { databaseUrl } from '#db/client.ts';
import { databaseResponds } from '#db/liveness.ts';
import { hasRoomToHash } from '#lib/accounts/hashing-queue.ts';
import { env } from '#lib/env.ts';
import { createGateway, type Gateway } from '#lib/gateway/create-gateway.ts';
import { isCrossSite, portalHeaders } from '#lib/gateway/portal-headers.ts';
import { type GatewayRuntime, startGatewayRuntime } from '#lib/gateway/runtime.ts';
import { gatewayOptions, runtimeOptions } from '#lib/gateway/settings.ts';
import { handleWeb } from '#lib/gateway/web-mount.ts';
import { holdExit } from '#lib/process/hold-exit.ts';
import { log } from '#lib/process/log.ts';
import { slot } from '#lib/process/slot.ts';

export const config = {
  runtime: 'nodejs',
  // Full names: paths that only start with one of these also get the headers and the check.
  matcher: '/((?!_next/static/|_next/image$|icon\\.svg$|favicon\\.ico$).*)',
};

/** Pages with a token in their URL, which must not reach other sites as a referrer (ASVS 14.2.1). */
const TOKEN_PAGES = /^\/(invitations|reset-password|verify-email)\//;

const mounted = () => slot<{ gateway: Promise<Gateway> | null }>('gateway', () => ({ gateway: null }));

export default async function middleware(request: NextRequest): Promise<Response> {
  if (request.nextUrl.pathname.startsWith('/gateway/')) {
    mounted().gateway ??= openGateway();
    return handleWeb((await mounted().gateway)!, request);
  }
  const { PORTAL_URL, NODE_ENV } = env();
  const portal = new URL(PORTAL_URL);
  const nonce = randomBytes(16).toString('base64');
  const headers = portalHeaders(nonce, {
    development: NODE_ENV === 'development',
    https: portal.protocol === 'https:',
  });
  const refusal = await refusalOf(request, portal.origin);
  if (refusal) {
    for (const [name, value] of headers) refusal.headers.set(name, value);
    return refusal;
  }
  const onward = new Headers(request.headers);
  const requestId = randomUUID();
  // For the log. A value sent by the client is overwritten.
  onward.set('x-request-id', requestId);
  // Next reads the nonce for its own scripts from the request's policy. A policy sent by the client is overwritten.
  onward.set('Content-Security-Policy', headers[0]![1]);
  onward.set('x-nonce', nonce);
  const response = NextResponse.next({ request: { headers: onward } });
  for (const [name, value] of headers) response.headers.set(name, value);
  response.headers.set('X-Request-Id', requestId);
  if (TOKEN_PAGES.test(request.nextUrl.pathname)) response.headers.set('Referrer-Policy', 'no-referrer');
  return response;
}

/** The response to a request that no page or route should see. */
async function refusalOf(request: NextRequest, portalOrigin: string): Promise<Response | null> {
  if (isCrossSite(request.method, request.headers, portalOrigin))
    return new Response('This form was sent from another site.', { status: 403 });
  if (isSignIn(request) && request.method !== 'POST') return onlyPost();
  if (isSignIn(request) && !hasRoomToHash()) return signInsBusy();
  if (!(await isReadableAction(request))) return new Response('This form is malformed.', { status: 400 });
  if (!WITHOUT_DATABASE.test(request.nextUrl.pathname) && !(await databaseResponds()))
    return databaseUnavailable(request);
  return null;
}

const isSignIn = ({ nextUrl }: NextRequest): boolean => nextUrl.pathname === '/api/auth/callback/credentials';

const onlyPost = (): Response =>
  new Response('Only POST is allowed.', {
    status: 405,
    headers: { Allow: 'POST', 'Cache-Control': 'no-store' },
  });

/** These respond without a database, or check it themselves. */
const WITHOUT_DATABASE = /^\/(api\/health|api\/ready|_next\/.*|icon\.svg|favicon\.ico)$/;

/** Immediately, because a page would wait for the database before it fails. */
function databaseUnavailable(request: NextRequest): Response {
  if (isSignIn(request)) return signInsBusy();
  const retry = { 'Retry-After': '5', 'Cache-Control': 'no-store' };
  if (!request.headers.get('accept')?.includes('text/html'))
    return new Response('Latchkey is temporarily unavailable. Try again in a few seconds.', {
      status: 503,
      headers: retry,
    });
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Temporarily unavailable</title>
<h1>Latchkey is temporarily unavailable</h1>
<p>The database doesn't respond. Try again in a few seconds.</p></html>`;
  return new Response(page, {
    status: 503,
    headers: { ...retry, 'Content-Type': 'text/html; charset=utf-8' },
  });
}

/** Rejects a flood of sign-ins before it costs anything, in the format that next-auth's client expects. */
function signInsBusy(): Response {
  const url = `${env().PORTAL_URL}/sign-in?error=Unavailable`;
  return Response.json(
    { url },
    { status: 503, headers: { 'Retry-After': '5', 'Cache-Control': 'no-store' } },
  );
}

const END_LEASE_MS = 3_000;

/** Without this, changes that remove access would wait for this process until its lease expires. */
function endLeaseWithProcess(runtime: GatewayRuntime): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      const ended = runtime.endLease();
      ended.catch((err: unknown) => log.warn({ err }, 'Ending the gateway lease failed'));
      holdExit(ended, END_LEASE_MS); // Next ends the process on its own.
    });
}

async function openGateway(): Promise<Gateway> {
  try {
    const settings = env();
    const runtime = await startGatewayRuntime(runtimeOptions('next', settings, databaseUrl()));
    endLeaseWithProcess(runtime);
    return createGateway(runtime.ports, gatewayOptions('next', settings));
  } catch (error) {
    mounted().gateway = null; // The next request tries again.
    throw error;
  }
}
