import { expect, test } from 'vitest';
import { dayLimits } from '#lib/admission/day-limits.ts';
import { LIMIT_REASONS } from '#lib/refusals/reasons.ts';
import { ADMISSION_STEPS, admissionRefusal } from './admit.ts';
import { type ExplainFacts, explain } from './explain.ts';
import type { KnownCredential } from './ports.ts';

const figures = {
  rootId: 'credential',
  environment: 'development',
  teamId: 'team',
  applicationId: 'application',
  memberId: 'member',
  dailyQuota: 1_000,
  productionReserve: 300,
  applicationCap: 200,
  memberCap: 100,
  dailyLimit: 50,
} as const;
const known = (values: Partial<KnownCredential> = {}): KnownCredential => ({
  ...{ id: 'credential', keyId: '0123456789abcdef', secretDigest: new Uint8Array(32) },
  ...{ environment: 'development', status: 'active', expiresAtMs: null, teamId: 'team', teamApiId: 't' },
  ...{ teamDeleted: false, dailyQuota: 1_000, burstRequests: 1_000, burstWindowSeconds: 10 },
  ...{ limits: dayLimits(figures), applicationId: 'application', applicationPublicId: 'a' },
  ...{ applicationArchived: false, endpoints: new Set(['e']), memberId: 'member', memberActive: true },
  ...{ allowedIps: [], allowedDomains: [], originRequired: true },
  ...values,
});
const facts = (values: Partial<ExplainFacts> = {}): ExplainFacts => ({
  known: known(),
  nowMs: Date.UTC(2026, 0, 1),
  clientIp: '192.0.2.1',
  origin: undefined,
  referer: undefined,
  route: { endpointId: 'e' },
  endpoint: 'GET /weather/cities',
  used: dayLimits(figures).map((limit) => ({ limit, used: 3 })),
  ...values,
});
const outcomes = (values: Partial<ExplainFacts>) =>
  Object.fromEntries(explain(facts(values)).steps.map(({ step, outcome }) => [step, outcome]));

test('a request that passes goes through every step, in the order of a real request', () => {
  const { refusal, steps } = explain(facts());
  expect(refusal).toBeNull();
  expect(steps.map(({ step }) => step)).toEqual([
    ...['checksum', 'known', 'secret', 'revocation', 'expiry', 'state', 'member', 'address', 'domain'],
    ...['endpoint', 'connected', 'environment', 'body', 'burst'],
    ...['credential', 'member', 'application', 'non_production', 'team'],
  ]);
  expect(new Set(steps.map(({ outcome }) => outcome))).toEqual(new Set(['passed', 'skipped']));
  for (const { step, evidence } of steps) expect(evidence, step).toMatch(/^[A-Z0-9].*\.$/);
});

test.each([
  ['revocation', { known: known({ status: 'revoked' }) }],
  ['revocation', { known: known({ teamDeleted: true }) }],
  ['expiry', { known: known({ expiresAtMs: Date.UTC(2025, 0, 1) }) }],
  ['state', { known: known({ status: 'paused' }) }],
  ['member', { known: known({ memberActive: false }) }],
  ['address', { known: known({ allowedIps: ['203.0.113.0/24'] }) }],
  ['address', { known: known({ allowedIps: ['203.0.113.0/24'] }), clientIp: null }],
  ['domain', { known: known({ allowedDomains: ['example.com'] }), origin: 'https://evil.test' }],
  ['endpoint', { route: null }],
  ['connected', { route: { endpointId: 'other' } }],
  ['environment', { route: { endpointId: 'e', productionOnly: true } }],
] as [string, Partial<ExplainFacts>][])(
  '%s fails as in the gateway, and later steps are not reached',
  (step, values) => {
    const { refusal, steps } = explain(facts(values));
    const call = facts(values);
    expect(refusal).toBe(admissionRefusal({ ...call, known: call.known! }));
    const at = steps.findIndex(({ outcome }) => outcome === 'failed');
    expect(steps[at]).toMatchObject({ step, reason: refusal });
    expect(steps.slice(at + 1).every(({ outcome }) => outcome === 'not_reached')).toBe(true);
  },
);

test('an exhausted limit fails, the most specific first', () => {
  const limits = dayLimits(figures);
  for (const { kind } of limits) {
    const used = limits.map((limit) => ({ limit, used: limit.kind === kind ? limit.requests : 0 }));
    expect(explain(facts({ used })).refusal).toBe(LIMIT_REASONS[kind]);
  }
  const all = limits.map((limit) => ({ limit, used: limit.requests }));
  expect(explain(facts({ used: all })).refusal).toBe('key_limit_exceeded');
  expect(explain(facts({ used: all })).steps.find(({ step }) => step === 'credential')?.evidence).toBe(
    '50 of 50 requests used today (UTC) by this key.',
  );
});

test('an unknown key has no further steps', () => {
  const { refusal, steps } = explain(facts({ known: null }));
  expect(refusal).toBe('invalid_credentials');
  expect(steps.map(({ outcome }) => outcome)).toEqual(['skipped', 'failed', 'not_reached']);
});

test("a recorded rejection failed at its own step, whatever the other steps' results would be now", () => {
  expect(outcomes({ recorded: 'rate_limited' })).toMatchObject({
    connected: 'passed',
    burst: 'failed',
    team: 'not_reached',
  });
  const { steps } = explain(facts({ recorded: 'ip_not_allowed', known: known({ status: 'paused' }) }));
  const of = (name: string) => steps.find(({ step }) => step === name)!;
  expect(of('state')).toMatchObject({ outcome: 'passed', evidence: 'Paused. It passed at that time.' });
  expect(of('address')).toMatchObject({ outcome: 'failed', reason: 'ip_not_allowed' });
  expect(of('address').evidence).toMatch(/It would pass now\.$/);
  expect(of('domain').outcome).toBe('not_reached');
});

test('a recorded request that was forwarded passed every step', () => {
  const { refusal } = explain(facts({ recorded: null, known: known({ status: 'revoked' }) }));
  expect(refusal).toBeNull();
});

test('every admission step has evidence', () => {
  const { steps } = explain(facts());
  for (const { name } of ADMISSION_STEPS)
    expect(steps.find(({ step }) => step === name)?.evidence).toBeTruthy();
});
