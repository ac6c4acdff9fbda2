import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Member } from '#lib/access/member.ts';
import { REASONS } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';
import { fixFor } from './fixes.ts';

// Only the fields that a fix depends on.
const request = (reason: string) => ({ reason, keyId: 'KEY', appId: 'APP' }) as RequestDetail;
const member = (role: 'owner' | 'member') => ({ role, teamSlug: 'acme' }) as Member;

/** The folder of each page that a fix links to. */
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

test.each(Object.keys(REASONS))('the fix for %s links to a page that exists', (reason) => {
  for (const role of ['owner', 'member'] as const) {
    const fix = fixFor(request(reason), member(role));
    if (fix) expect(existsSync(`${PAGES[fix.href]}/page.tsx`), fix.href).toBe(true);
  }
});

test('rejections for a key, an endpoint or a limit have a fix', () => {
  for (const reason of ['ip_not_allowed', 'credential_expired', 'endpoint_not_connected', 'quota_exceeded'])
    expect(fixFor(request(reason), member('owner')), reason).not.toBeNull();
  expect(fixFor(request('upstream_timeout'), member('owner'))).toBeNull();
  expect(fixFor(request('member_suspended'), member('member'))).toBeNull();
});
