import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { auditEvents } from '#db/schema/audit.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { loadRoutes } from './load-routes.ts';
import { readApi } from './read-api.ts';
import { SetClientSettings, setClientSettings } from './set-client-settings.ts';

const operator = 'operator' as const;
const form = {
  slug: 'weather',
  headerMode: 'only',
  headerNames: '',
  browserAccess: 'true',
  keyMethod: 'any',
  keyHeader: '',
  redirectHosts: '',
};
const errorOf = (values: Partial<typeof form>) =>
  SetClientSettings.safeParse({ ...form, ...values }).error?.issues.map(({ path, message }) => [
    path.join(),
    message,
  ]);

test('header names are read one per line or with commas, in any case, each once', () => {
  const { headerNames } = SetClientSettings.parse({
    ...form,
    headerNames: ' X-Tenant\nbaggage, x-tenant\r\n',
  });
  expect(headerNames).toEqual(['baggage', 'x-tenant']);
  expect(SetClientSettings.parse(form).headerNames).toEqual([]);
});

test.each([
  ['X Tenant:', 'isn’t a header name'],
  ['x'.repeat(65), 'isn’t a header name'],
  [Array.from({ length: 101 }, (_, i) => `x-${i}`).join('\n'), 'at most 100'],
  ['x'.repeat(10_001), 'at most 100'],
  ['Cookie', 'cookie is never forwarded'],
  ['X_Tenant', 'x_tenant is never forwarded'],
  ['X-Latchkey-Team', 'x-latchkey-team is never forwarded'],
  ['Authorization', 'authorization is never forwarded'],
])('%s gets its own message', (headerNames, message) => {
  expect(errorOf({ headerNames })).toEqual([['headerNames', expect.stringContaining(message)]]);
});

test.each([
  ['https://files.example.com', 'isn’t a host'],
  ['files.example.com/path', 'isn’t a host'],
  ['*', 'isn’t a host'],
  ['localhost', 'isn’t a host'],
  ['203.0.113.9', 'isn’t a host'],
  [Array.from({ length: 101 }, (_, i) => `h${i}.example`).join('\n'), 'at most 100'],
])('clients can’t be redirected to “%s”', (redirectHosts, message) => {
  expect(errorOf({ redirectHosts })).toEqual([['redirectHosts', expect.stringContaining(message)]]);
});

test('hosts are read one per line, in any case', () => {
  const { redirectHosts } = SetClientSettings.parse({ ...form, redirectHosts: 'B.example.com\n*.a.example' });
  expect(redirectHosts).toEqual(['*.a.example', 'b.example.com']);
});

test('headers that are never forwarded can be excluded, which changes nothing', () => {
  expect(errorOf({ headerMode: 'except', headerNames: 'Cookie' })).toBeUndefined();
});

test.each([
  ['', 'Enter the header’s name'],
  ['Cookie', 'cookie can’t carry keys'],
  ['X-Latchkey-Team', 'can’t carry keys'],
  ['Authorization', 'can’t carry keys'],
  ['X Key', 'can’t carry keys'],
  ['x'.repeat(65), 'at most 64'],
])('keys can’t be sent in a header named “%s”', (keyHeader, message) => {
  expect(errorOf({ keyMethod: 'header', keyHeader })).toEqual([
    ['keyHeader', expect.stringContaining(message)],
  ]);
});

test('a header that carries no keys of partners can be forwarded', () => {
  for (const [headerNames, keyMethod] of [
    ['Authorization', 'x-api-key'],
    ['X-API-Key', 'bearer'],
  ] as const)
    expect(errorOf({ headerNames, keyMethod })).toBeUndefined();
});

test(
  'settings are stored, audited and used by the next routes; an unknown API is not found',
  withDb(async (db) => {
    const api = await anApi(db);
    const route = async () => (await loadRoutes(db, null)).match(api.slug, 'GET', '/cities');
    expect((await route())?.policy).toBeNull();

    const input = {
      slug: api.slug,
      headerMode: 'only',
      browserAccess: false,
      keyMethod: 'header',
      keyHeader: 'x-partner-key',
      redirectHosts: ['files.example.com'] as string[],
    } as const;
    const set = await setClientSettings({ db, operator }, { ...input, headerNames: ['x-tenant'] });

    expect(set).toMatchObject({ ok: true, receipt: { gateways: 0 } });
    expect((await route())?.policy).toEqual({ mode: 'only', names: new Set(['x-tenant']) });
    expect(await route()).toMatchObject({
      keys: { method: 'header', header: 'x-partner-key' },
      redirectHosts: ['files.example.com'],
    });
    expect(await readApi({ db, operator }, { slug: api.slug })).toMatchObject({ headerMode: 'only' });
    expect(await auditTrail(db, eq(auditEvents.subjectId, api.slug))).toMatchObject([
      {
        action: 'api.set_clients',
        before: { headerMode: 'except', headerNames: [] },
        after: { headerMode: 'only', headerNames: ['x-tenant'] },
      },
    ]);
    expect(await setClientSettings({ db, operator }, { ...input, slug: 'nothing', headerNames: [] })).toEqual(
      {
        ok: false,
        reason: 'not_found',
      },
    );
  }),
);
