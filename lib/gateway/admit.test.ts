import { expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { admissionRefusal, type CallFacts, isHolder } from './admit.ts';
import type { KnownCredential } from './ports.ts';

const pair = mintKeyPair('production');
const presented = { keyId: pair.keyId, environment: 'production', secretKey: pair.secretKey } as const;
const known = (values: Partial<KnownCredential> = {}): KnownCredential => ({
  id: 'credential',
  keyId: pair.keyId,
  secretDigest: pair.secretDigest,
  environment: 'production',
  status: 'active',
  expiresAtMs: null,
  teamId: 'team',
  teamApiId: 'team_1',
  teamDeleted: false,
  dailyQuota: 10,
  burstRequests: 10,
  burstWindowSeconds: 1,
  limits: [],
  applicationId: 'application',
  applicationPublicId: 'app_1',
  applicationArchived: false,
  endpoints: new Set(['endpoint']),
  memberId: null,
  memberActive: true,
  allowedIps: [],
  allowedDomains: [],
  originRequired: true,
  ...values,
});

const refusal = (credential: KnownCredential, facts: Partial<CallFacts> = {}) =>
  admissionRefusal({
    known: credential,
    nowMs: 1_000,
    clientIp: '192.0.2.1',
    origin: undefined,
    referer: undefined,
    route: { endpointId: 'endpoint' },
    ...facts,
  });
const stateRefusal = (credential: KnownCredential, nowMs: number) => refusal(credential, { nowMs });
const originRefusal = (
  credential: KnownCredential,
  clientIp: string | null,
  origin: string | undefined,
  referer: string | undefined,
) => refusal(credential, { clientIp, origin, referer });

test('only the right secret, for the right environment, of a known credential is accepted', () => {
  expect(isHolder(presented, known())).toBe(true);
  expect(isHolder(presented, null)).toBe(false);
  expect(isHolder(presented, known({ secretDigest: mintKeyPair('production').secretDigest }))).toBe(false);
  expect(isHolder(presented, known({ environment: 'staging' }))).toBe(false);
});

test.each([
  ['credential_revoked', { status: 'revoked' }],
  ['credential_revoked', { teamDeleted: true }],
  ['credential_expired', { expiresAtMs: 1 }],
  ['credential_paused', { status: 'paused' }],
  ['credential_paused', { applicationArchived: true }],
  ['member_suspended', { memberActive: false }],
  [null, {}],
] as const)('%s for %o', (reason, values) => {
  expect(stateRefusal(known(values), 1_000)).toBe(reason);
});

test('if there are several reasons, the one that is hardest to undo is returned', () => {
  const all = { teamDeleted: true, expiresAtMs: 1, status: 'paused', memberActive: false } as const;
  expect(stateRefusal(known(all), 1_000)).toBe('credential_revoked');
  expect(stateRefusal(known({ ...all, teamDeleted: false, status: 'revoked' }), 1_000)).toBe(
    'credential_revoked',
  );
  expect(stateRefusal(known({ ...all, teamDeleted: false }), 1_000)).toBe('credential_expired');
  expect(stateRefusal(known({ ...all, teamDeleted: false, expiresAtMs: null }), 1_000)).toBe(
    'credential_paused',
  );
});

test('a credential works until the millisecond before its expiration', () => {
  expect(stateRefusal(known({ expiresAtMs: 1_000 }), 999)).toBeNull();
  expect(stateRefusal(known({ expiresAtMs: 1_000 }), 1_000)).toBe('credential_expired');
  expect(stateRefusal(known({ expiresAtMs: 1_000 }), 1_001)).toBe('credential_expired');
});

test.each([
  ['203.0.113.9', null],
  ['203.0.113.10', 'ip_not_allowed'],
  ['198.51.100.255', null],
  ['198.51.101.0', 'ip_not_allowed'],
  ['2001:db8::1', null],
  ['2001:db8::2', 'ip_not_allowed'],
  ['2001:db8:5:ffff::1', null],
  ['2001:db8:6::1', 'ip_not_allowed'],
  [null, 'ip_unknown'],
  ['::ffff:198.51.100.7', null],
  ['::ffff:198.51.101.7', 'ip_not_allowed'],
])('with allowed IPs, %s gets %s', (ip, reason) => {
  const listed = known({ allowedIps: ['203.0.113.9', '198.51.100.0/24', '2001:db8::1', '2001:db8:5::/48'] });
  expect(originRefusal(listed, ip, undefined, undefined)).toBe(reason);
  expect(originRefusal(listed, ip, undefined, undefined), 'again, from the parsed list').toBe(reason);
});

test('a changed list takes effect immediately', () => {
  expect(
    originRefusal(known({ allowedIps: ['203.0.113.9'] }), '203.0.113.9', undefined, undefined),
  ).toBeNull();
  expect(originRefusal(known({ allowedIps: ['203.0.113.8'] }), '203.0.113.9', undefined, undefined)).toBe(
    'ip_not_allowed',
  );
});

test.each([
  ['https://app.example.com', null],
  ['https://APP.Example.com:8443', null],
  ['http://app.example.com', null],
  ['https://example.com', 'domain_not_allowed'],
  ['https://x.app.example.com', 'domain_not_allowed'],
  ['https://app.example.com.evil.test', 'domain_not_allowed'],
  ['https://evil.test/app.example.com', 'domain_not_allowed'],
  ['https://app.example.com@evil.test', 'domain_not_allowed'],
  ['https://shop.example.org', null],
  ['https://a.b.example.org', null],
  ['https://example.org', 'domain_not_allowed'],
  ['https://notexample.org', 'domain_not_allowed'],
  ['https://example.org.evil.test', 'domain_not_allowed'],
  ['app.example.com', 'domain_not_allowed'],
  ['null', 'domain_not_allowed'],
  ['', 'domain_not_allowed'],
  [undefined, 'domain_not_allowed'],
])('with allowed domains, a request from %s gets %s', (site, reason) => {
  const listed = known({ allowedDomains: ['app.example.com', '*.example.org'] });
  expect(originRefusal(listed, '203.0.113.9', site, undefined)).toBe(reason);
  expect(originRefusal(listed, '203.0.113.9', undefined, site === undefined ? site : `${site}`)).toBe(reason);
});

test('a key that servers use too accepts requests without a domain, and no other domain', () => {
  const listed = known({ allowedDomains: ['app.example.com'], originRequired: false });
  expect(originRefusal(listed, '203.0.113.9', undefined, undefined)).toBeNull();
  for (const site of ['https://evil.test', 'null', ''])
    expect(originRefusal(listed, '203.0.113.9', site, undefined)).toBe('domain_not_allowed');
});

test('Origin comes before Referer', () => {
  const listed = known({ allowedDomains: ['app.example.com'] });
  expect(originRefusal(listed, null, 'https://evil.test', 'https://app.example.com/page')).toBe(
    'domain_not_allowed',
  );
  expect(originRefusal(listed, null, 'https://app.example.com', 'https://evil.test/')).toBeNull();
});

test('both lists must match, addresses are checked first, and without a list everyone is accepted', () => {
  const both = known({ allowedIps: ['203.0.113.9'], allowedDomains: ['app.example.com'] });
  expect(originRefusal(both, '192.0.2.1', 'https://evil.test', undefined)).toBe('ip_not_allowed');
  expect(originRefusal(both, '203.0.113.9', 'https://evil.test', undefined)).toBe('domain_not_allowed');
  expect(originRefusal(both, '203.0.113.9', 'https://app.example.com', undefined)).toBeNull();
  expect(originRefusal(known(), null, undefined, undefined)).toBeNull();
});

test('an endpoint must exist, be connected, and accept the environment, in this order', () => {
  const connected = { endpointId: 'endpoint', productionOnly: true };
  expect(refusal(known(), { route: null })).toBe('unknown_endpoint');
  expect(refusal(known(), { route: { endpointId: 'other', productionOnly: true } })).toBe(
    'endpoint_not_connected',
  );
  expect(refusal(known(), { route: connected })).toBeNull();
  for (const environment of ['development', 'staging'] as const) {
    expect(refusal(known({ environment }), { route: connected })).toBe('environment_not_allowed');
    expect(refusal(known({ environment }), { route: { endpointId: 'endpoint' } })).toBeNull();
  }
});
