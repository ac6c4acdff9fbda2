import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Member } from '#lib/access/member.ts';
import { REASONS } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';
import { cureOf } from './fixes.ts';

// Only what a cure looks at.
const request = (reason: string) => ({ reason, keyId: 'KEY', appId: 'APP' }) as RequestDetail;
const member = (role: 'owner' | 'member') => ({ role, teamSlug: 'acme' }) as Member;

/** Folders of pages by the addresses that cures lead to. */
const PAGES: Record<string, string> = {
  ...{
    '/docs': 'app/docs',
    '/t/acme/api-keys': 'app/t/[team]/api-keys/(list)',
    '/t/acme/members': 'app/t/[team]/members',
  },
  ...{
    '/t/acme/api-keys/KEY': 'app/t/[team]/api-keys/[key]',
    '/t/acme/settings/limits': 'app/t/[team]/settings/limits',
  },
  '/t/acme/api-keys/KEY/restrictions': 'app/t/[team]/api-keys/[key]/restrictions',
  '/t/acme/api-keys/KEY/rotation': 'app/t/[team]/api-keys/[key]/rotation',
  '/t/acme/apps/APP/connected': 'app/t/[team]/apps/[app]/connected',
};

test.each(Object.keys(REASONS))('the cure of %s leads to a page that is there', (reason) => {
  for (const role of ['owner', 'member'] as const) {
    const cure = cureOf(request(reason), member(role));
    if (cure) expect(existsSync(`${PAGES[cure.href]}/page.tsx`), cure.href).toBe(true);
  }
});

test('what was refused for its key, its endpoint or a limit has a cure', () => {
  for (const reason of ['ip_not_allowed', 'credential_expired', 'endpoint_not_connected', 'quota_exceeded'])
    expect(cureOf(request(reason), member('owner')), reason).not.toBeNull();
  expect(cureOf(request('upstream_timeout'), member('owner'))).toBeNull();
  expect(cureOf(request('member_suspended'), member('member'))).toBeNull();
});
