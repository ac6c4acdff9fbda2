import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGateway } from '#lib/gateway/create-gateway.ts';
import { createNodeServer } from '#lib/gateway/node-mount.ts';
import type { CallSubject, KnownCredential, Route } from '#lib/gateway/ports.ts';
import { readTicket } from '#lib/tester/ticket.ts';

export const TICKET_KEY = '5d'.repeat(32);

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A gateway on a socket with an upstream, for one credential connected to one endpoint. */
export async function testerGateway(
  known: { keyId: string; endpointId: string; status?: KnownCredential['status']; allowedIps?: string[] },
  answer: Answer,
) {
  const seen: { url: string; method: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', method: request.method ?? '', headers: request.headers, body });
      answer(request, response);
    });
  });
  const base = { origin: await listening(upstream), basePath: '' };
  const calls: CallSubject[] = [];
  const spent = new Set<string>();
  const credential: KnownCredential = {
    ...{ id: 'credential', keyId: known.keyId, secretDigest: new Uint8Array(32), environment: 'development' },
    ...{
      status: known.status ?? 'active',
      expiresAtMs: null,
      teamId: 'team',
      teamApiId: 'team_1',
      teamDeleted: false,
    },
    ...{ dailyQuota: 10, burstRequests: 5, burstWindowSeconds: 1, limits: [], applicationId: 'app' },
    ...{ applicationPublicId: 'app_1', applicationArchived: false, endpoints: new Set([known.endpointId]) },
    ...{
      memberId: null,
      memberActive: true,
      allowedIps: known.allowedIps ?? [],
      allowedDomains: [],
      originRequired: true,
    },
  };
  const route = (path: string): Route => ({
    ...{ endpointId: known.endpointId, apiId: 'api', path, upstreamHeader: null },
    upstreams: { production: base, staging: base, development: base },
  });
  const gateway = createGateway(
    {
      credentials: {
        find: (keyId) => (keyId === known.keyId ? credential : null),
        findNone: async () => {},
      },
      routes: { match: (_api, _method, path) => route(path), api: () => null },
      origins: { allows: () => false },
      tickets: {
        read: (text) => readTicket(TICKET_KEY, text, Date.now()),
        redeem: async ({ nonce }) => !spent.has(nonce) && Boolean(spent.add(nonce)),
      },
      burst: {
        take: () => ({
          ok: true,
          requests: 5,
          windowSeconds: 1,
          remaining: 4,
          resetSeconds: 1,
          retryAfterSeconds: 0,
        }),
      },
      quota: {
        take: () => ({ ok: true, limit: 10, remaining: 9, resetSeconds: 60, day: '2026-01-01' }),
        giveBack: () => {},
      },
      usage: {
        intent: async (call) => void calls.push(call),
        complete: async () => {},
        refuse: async (call) => void calls.push(call),
      },
      clock: { nowMs: () => Date.now(), day: () => '2026-01-01' },
    },
    {
      ...{
        portalUrl: 'http://portal.test',
        gatewayUrl: 'http://gateway.test',
        locationBase: '',
        trustedProxies: [],
      },
      ...{ bodyLimitBytes: 1_000_000, allowPrivateUpstreams: true, connectTimeoutMs: 1_000 },
      ...{ firstByteTimeoutMs: 5_000, idleTimeoutMs: 5_000 },
      concurrency: { perUpstream: 16, perTeam: 8, queueMax: 8, waitMs: 1_000 },
    },
  );
  const health = () => ({ ready: true, detail: {} });
  const { server } = createNodeServer(gateway, health, { connectionsPerClient: 100 });
  const url = await listening(server);
  return {
    url,
    seen,
    calls,
    stop: async () => {
      server.closeAllConnections();
      upstream.closeAllConnections();
      await Promise.all([closed(server), closed(upstream)]);
      await gateway.close();
    },
  };
}

type Listener = ReturnType<typeof createServer>;

const listening = (server: Listener) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // A TCP socket has a port.
    });
  });

const closed = (server: Listener) => new Promise((resolve) => server.close(resolve));
