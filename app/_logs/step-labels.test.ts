import { expect, test } from 'vitest';
import { explain } from '#lib/gateway/explain.ts';
import { labelSteps } from './step-labels.ts';

test('every step of a trace has its own label, even if two steps share a name', () => {
  const { steps } = explain({
    ...{
      nowMs: 0,
      clientIp: null,
      origin: undefined,
      referer: undefined,
      route: null,
      used: [],
      endpoint: 'GET /a',
    },
    known: {
      ...{
        id: '1',
        keyId: 'k',
        secretDigest: new Uint8Array(32),
        environment: 'production',
        status: 'active',
      },
      ...{ expiresAtMs: null, teamId: 't', teamApiId: 'team_1', teamDeleted: false, dailyQuota: 1 },
      ...{
        burstRequests: 1,
        burstWindowSeconds: 1,
        limits: [],
        applicationId: 'a',
        applicationPublicId: 'app_1',
      },
      ...{ applicationArchived: false, endpoints: new Set<string>(), memberId: 'm', memberActive: true },
      ...{ allowedIps: [], allowedDomains: [], originRequired: true },
    },
  });

  const labels = labelSteps(steps).map(({ label }) => label);

  expect(steps.filter(({ step }) => step === 'member')).toHaveLength(2);
  expect(new Set(labels).size).toBe(steps.length);
  expect(labels.indexOf('Member is active')).toBeLessThan(labels.indexOf('Burst limit'));
  expect(labels.indexOf('Daily limit of the member')).toBeGreaterThan(labels.indexOf('Burst limit'));
});
