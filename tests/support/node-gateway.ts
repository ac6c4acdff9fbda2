import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HeaderPolicy } from '#lib/catalog/header-policy.ts';
import type { KeyPolicy } from '#lib/catalog/key-policy.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { createGateway, type GatewayOptions } from '#lib/gateway/create-gateway.ts';
import { createNodeServer } from '#lib/gateway/node-mount.ts';
import type { GatewayPorts, KnownCredential, Route } from '#lib/gateway/ports.ts';

export const pair = mintKeyPair('production');

export const knownCredential = (values: Partial<KnownCredential> = {}): KnownCredential => ({
  ...{ id: 'credential', keyId: pair.keyId, secretDigest: pair.secretDigest, environment: 'production' },
  ...{ status: 'active', expiresAtMs: null, teamId: 'team', teamApiId: 'team_1', teamDeleted: false },
  ...{ dailyQuota: 10, burstRequests: 5, burstWindowSeconds: 1, limits: [], applicationId: 'application' },
  ...{ applicationPublicId: 'app_1', applicationArchived: false, endpoints: new Set(['endpoint']) },
  ...{ memberId: null, memberActive: true, allowedIps: [], allowedDomains: [], originRequired: true },
  ...values,
});

export const unlimitedBurst = {
  ...{ ok: true, requests: 5, windowSeconds: 1, remaining: 4, resetSeconds: 1, retryAfterSeconds: 0 },
};

type Overrides = { [Port in keyof GatewayPorts]?: Partial<GatewayPorts[Port]> };

type Setup = {
  ports?: Overrides;
  options?: Partial<GatewayOptions>;
  connectionsPerClient?: number;
  upstream?: RequestListener;
  /** The API's slugs; `/api` unless said otherwise. */
  slugs?: readonly string[];
  /** Whether the gateway's public address is the one it listens on. */
  isPublic?: boolean;
  policy?: HeaderPolicy;
  keys?: KeyPolicy | null;
  /** Whether a path of `/api` is an endpoint. All are unless said otherwise. */
  serves?: (method: string, path: string) => boolean;
  usedOnPage?: GatewayPorts['usedOnPage'];
};

/** The gateway core on its node mount, with a real upstream and fake ports: every path of `/api` is an endpoint. */
export async function nodeGateway({
  ports = {},
  options = {},
  connectionsPerClient = 1_000,
  upstream,
  slugs = ['api'],
  isPublic = false,
  policy,
  keys = null,
  serves = () => true,
  usedOnPage,
}: Setup) {
  const behind = createServer(upstream ?? ((request, response) => drainThenOk(request, response)));
  const origin = await listening(behind);
  const base = { origin, basePath: '' };
  const upstreams = { production: base, staging: base, development: base };
  const route = (path: string): Route => ({
    ...{ endpointId: 'endpoint', apiId: 'api', path, upstreams, upstreamHeader: null },
    policy: policy ?? null,
    keys,
  });
  const gateway = createGateway(
    {
      credentials: {
        find: (keyId) => (keyId === pair.keyId ? knownCredential() : null),
        findNone: async () => {},
        ...ports.credentials,
      },
      routes: {
        match: (api, method, path) => (slugs.includes(api) && serves(method, path) ? route(path) : null),
        api: (api) =>
          api === 'api' ? { id: 'api', browserAccess: true, policy: policy ?? null, keys } : null,
        ...ports.routes,
      },
      origins: { allows: () => false, ...ports.origins },
      tickets: { read: () => null, redeem: async () => false },
      burst: { take: () => unlimitedBurst, ...ports.burst },
      quota: {
        take: () => ({ ok: true, limit: 10, remaining: 9, resetSeconds: 60, day: '2026-01-01' }),
        giveBack: () => {},
        ...ports.quota,
      },
      usage: { intent: async () => {}, complete: async () => {}, refuse: async () => {}, ...ports.usage },
      ...(usedOnPage && { usedOnPage }),
      clock: { nowMs: () => 1_767_225_600_000, day: () => '2026-01-01' },
    },
    {
      ...{ portalUrl: 'https://portal.test', gatewayUrl: 'https://gateway.test', locationBase: '' },
      ...{ trustedProxies: [], bodyLimitBytes: 6_000_000, allowPrivateUpstreams: true },
      ...{ connectTimeoutMs: 1_000, firstByteTimeoutMs: 5_000, idleTimeoutMs: 5_000 },
      concurrency: { perUpstream: 64, perTeam: 32, queueMax: 8, waitMs: 500 },
      ...options,
    },
  );
  const health = () => ({ ready: true, detail: {} });
  const { server, connections } = createNodeServer(gateway, health, { connectionsPerClient });
  const url = await listening(server);
  if (isPublic) gateway.options.gatewayUrl = url;
  return {
    url,
    port: Number(new URL(url).port),
    server,
    connections,
    stop: async () => {
      server.closeAllConnections();
      behind.closeAllConnections();
      await Promise.all([closed(server), closed(behind)]);
      await gateway.close();
    },
  };
}

const drainThenOk: RequestListener = (request, response) => {
  request.resume().once('end', () => response.writeHead(200, { 'Content-Length': '2' }).end('ok'));
};

const listening = (server: Server) =>
  new Promise<string>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`); // TCP, just opened.
    });
  });

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));
