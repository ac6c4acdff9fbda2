import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { auditEvents } from '#db/schema/audit.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication, aUser } from '#tests/support/factories.ts';
import { aDay } from '#tests/support/usage-rows.ts';
import { exportCredentials } from './export-credentials.ts';
import { KeysFilter, type KeysSort, listTeamCredentials, readKeyFilters } from './list-team-credentials.ts';
import { readCredential } from './read-credential.ts';

const past = new Date(Date.now() - 1_000);
const future = new Date(Date.now() + 60_000);

async function textOf(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

const namesOf = async (db: Db, member: Member, filter: Partial<KeysFilter> = {}) =>
  (await listTeamCredentials({ db, member }, filter)).keys.map((key) => key.name).sort();

test(
  'a row has the details and the sums of all days and the last seven, and no secret',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member, { title: 'Web shop' });
    const key = await aCredential(db, app, { createdBy: member.memberId, environment: 'production' });
    await aDay(db, key, 30, { requests: 100, errors: 9, refused: 3 });
    await aDay(db, key, 2, { requests: 5, lastAt: new Date('2026-05-04T10:00:00Z') });
    await aDay(db, key, 0, { requests: 7, errors: 1, lastAt: new Date('2027-05-05T10:00:00Z') });

    const listed = await listTeamCredentials({ db, member });

    expect(listed).toMatchObject({ count: 1, next: null, previous: null });
    expect(listed.keys[0]).toMatchObject({
      ...{ keyId: key.keyId, sharedKey: key.sharedKey, appTitle: 'Web shop', ownerName: member.name },
      ...{ requests: 112, errors: 10, refused: 3, days: [0, 0, 0, 0, 5, 0, 7], status: 'active' },
      lastUsedAt: new Date('2027-05-05T10:00:00Z'),
    });
    const read = await readCredential({ db, member }, { keyId: key.keyId });
    expect(read).toMatchObject({ ...listed.keys[0], rotationDays: 90, predecessorKeyId: null });
    for (const shown of [listed, read]) {
      expect(JSON.stringify(shown)).not.toContain(key.secretKey.slice(-20));
      expect(JSON.stringify(shown)).not.toContain('secretDigest');
    }
  }),
);

test(
  'a member sees only their own key in the list, by name and in the export',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    await aCredential(db, app, { name: 'team' });
    const own = await aCredential(db, app, { name: 'own', memberId: member.memberId });
    const theirs = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));

    expect(await namesOf(db, member)).toEqual(['own']);
    expect(await namesOf(db, owner)).toEqual(['own', 'team']);
    const read = (who: Member, keyId: string) => readCredential({ db, member: who }, { keyId });
    expect(await read(member, own.keyId)).toMatchObject({ name: 'own', memberId: member.memberId });
    const [team] = await db.select().from(credentials).where(sql`${credentials.name} = 'team'`);
    expect(await read(member, team!.keyId)).toBeNull();
    expect(await read(owner, theirs.keyId)).toBeNull();
    expect((await textOf(exportCredentials({ db, member }, {}))).split('\r\n')).toHaveLength(3);
    const nobody = { ...member, role: 'visitor' } as never; // No such role exists.
    await expect(listTeamCredentials({ db, member: nobody })).rejects.toThrow(Forbidden);
    expect(() => exportCredentials({ db, member: nobody }, {})).toThrow(Forbidden);
  }),
);

test(
  'the status is derived from the row and the database clock, and can be filtered',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const next = await aCredential(db, app, { name: 'active', expiresAt: future });
    const replaced = { successorId: next.id, rotatedAt: past };
    const other = async () => (await aCredential(db, app, { name: 'active' })).id;
    await aCredential(db, app, { name: 'retiring', ...replaced, retiresAt: future });
    await aCredential(db, app, {
      ...{ name: 'retiring', successorId: await other(), rotatedAt: past },
      retiresAfterFirstUse: true,
    });
    await aCredential(db, app, {
      ...{ name: 'expired', successorId: await other(), rotatedAt: past },
      retiresAt: past,
    });
    await aCredential(db, app, { name: 'paused', status: 'paused' });
    await aCredential(db, app, { name: 'expired', expiresAt: past });
    await aCredential(db, app, { name: 'revoked', status: 'revoked', revokedAt: past });

    for (const key of (await listTeamCredentials({ db, member })).keys) expect(key.status).toBe(key.name);
    expect(await namesOf(db, member, { status: 'retiring' })).toEqual(['retiring', 'retiring']);
    expect(await namesOf(db, member, { status: 'expired' })).toEqual(['expired', 'expired']);
    expect(await namesOf(db, member, { status: 'live' })).toEqual([
      ...['active', 'active', 'active', 'paused', 'retiring', 'retiring'],
    ]);
  }),
);

test(
  'filters by environment, app, owner and text are combined',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const colleague = await aMember(db, 'member', member);
    const shop = await anApplication(db, member, { title: 'Web shop' });
    const other = await anApplication(db, member, { title: 'Batch' });
    const prod = await aCredential(db, shop, { name: '100% live', environment: 'production' });
    await aCredential(db, other, { name: 'nightly', description: 'for the 1000 reports' });
    await aCredential(db, other, {
      name: 'theirs',
      memberId: colleague.memberId,
      createdBy: member.memberId,
    });

    const found = (filter: Partial<KeysFilter>) => namesOf(db, member, filter);
    expect(await found({ environment: 'production' })).toEqual(['100% live']);
    expect(await found({ app: other.publicId })).toEqual(['nightly', 'theirs']);
    expect(await found({ owner: colleague.memberId })).toEqual(['theirs']);
    expect(await found({ owner: member.memberId })).toEqual([]);
    expect(await found({ search: '100%' })).toEqual(['100% live']);
    expect(await found({ search: 'REPORTS' })).toEqual(['nightly']);
    expect(await found({ search: 'web sh' })).toEqual(['100% live']);
    expect(await found({ search: prod.sharedKey })).toEqual(['100% live']);
    expect(await found({ search: 'lk_pk_' })).toEqual([]);
    expect(KeysFilter.parse({ search: prod.secretKey, sort: 'x', after: "'" })).toEqual({});
    const offered = await readKeyFilters({ db, member });
    expect(offered.apps.map((app) => app.title)).toEqual(['Batch', 'Web shop']);
    expect(offered.people.map((person) => person.id)).toEqual([colleague.memberId]);
  }),
);

test(
  'an app whose endpoints were removed from the catalog is shown as not connected',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const { teamId } = member;
    const [api] = await db
      .insert(apis)
      .values({
        slug: 'offered',
        title: 'offered',
        openapi: '3.1.0',
        document: '{}',
        upstreamUrl: 'http://up',
      })
      .returning();
    for (const [title, removedAt] of [
      ['Live', null],
      ['Left', past],
    ] as const) {
      const app = await anApplication(db, member, { title });
      const [endpoint] = await db
        .insert(endpoints)
        .values({ apiId: api!.id, method: 'GET', path: `/${title}`, removedAt })
        .returning();
      await db
        .insert(applicationEndpoints)
        .values({ teamId, applicationId: app.id, endpointId: endpoint!.id });
    }
    await anApplication(db, member, { title: 'None' });

    const { apps } = await readKeyFilters({ db, member });
    expect(apps.map(({ title, connected }) => [title, connected])).toEqual([
      ['Left', false],
      ['Live', true],
      ['None', false],
    ]);
  }),
);

test.each<[KeysSort, string]>([
  ['name', 'a b c d e'],
  ['created', 'a b c d e'],
  ['expires', 'e d b c a'],
  ['used', 'c a e b d'],
  ['requests', 'c a e d b'],
])('sorted by %s, pages follow one another both ways without a gap', async (sort, expected) => {
  await withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const hours = (n: number) => new Date(Date.UTC(2030, 0, 1, n));
    const key = (name: string, n: number, expiresAt: Date | null) =>
      aCredential(db, app, { name, createdAt: hours(n), expiresAt });
    const a = await key('a', 1, null);
    const b = await key('B'.toLowerCase(), 2, hours(3));
    await key('c', 3, hours(3));
    const d = await key('d', 4, hours(2));
    const e = await key('e', 5, hours(1));
    // Two keys expire at the same time, and one was never used: the ID determines their order.
    await aDay(db, b, 1, { requests: 50, lastAt: hours(8) });
    await aDay(db, d, 0, { requests: 9, lastAt: hours(9) });
    await aDay(db, e, 0, { requests: 2, lastAt: hours(7) });
    await aDay(db, a, 0, { requests: 1, lastAt: hours(6) });

    for (const order of ['asc', 'desc'] as const) {
      const page = (at: Partial<KeysFilter>) =>
        listTeamCredentials({ db, member }, { sort, order, ...at }, 2);
      const forth: string[] = [];
      let shown = await page({});
      expect(shown.previous).toBeNull();
      for (;;) {
        forth.push(...shown.keys.map((row) => row.name));
        if (!shown.next) break;
        shown = await page({ after: shown.next });
      }
      const wanted = expected.split(' ');
      expect(forth).toEqual(order === 'asc' ? wanted : wanted.reverse());

      const back = shown.keys.map((row) => row.name);
      while (shown.previous) {
        shown = await page({ before: shown.previous });
        back.unshift(...shown.keys.map((row) => row.name));
      }
      expect(back).toEqual(forth);
    }
  })();
});

test(
  "a page can't start after another team's key",
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    await aCredential(db, await anApplication(db, member));
    const theirs = await aCredential(db, await anApplication(db, await aMember(db, 'owner')));

    expect((await listTeamCredentials({ db, member }, { after: theirs.keyId })).keys).toEqual([]);
  }),
);

test(
  'the export has every key at any batch size, and no formulas or secrets',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: '@SUM(A1)' });
    const secrets: string[] = [];
    for (let i = 0; i < 5; i++) {
      const key = await aCredential(db, app, {
        ...{ name: `=cmd|${i}`, description: 'line\n"two"', allowedIps: ['192.0.2.1', '198.51.100.0/24'] },
      });
      secrets.push(key.secretKey);
    }

    const file = await textOf(exportCredentials({ db, member }, {}, 2));

    expect(file.split('\r\n')).toHaveLength(7);
    for (let i = 0; i < 5; i++) expect(file).toContain(`"'=cmd|${i}"`);
    expect(file).toContain(`"'@SUM(A1)"`);
    expect(file).toContain('"line\n""two"""');
    expect(file).toContain('"192.0.2.1 198.51.100.0/24"');
    for (const secret of secrets) expect(file).not.toContain(secret.slice(-20));
    expect(await db.$count(auditEvents)).toBe(0);
  }),
);

test(
  'the query plan is the same for any number of keys: usage is summed for the page only',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    await aUser(db);
    for (let i = 0; i < 60; i++) await aCredential(db, app, { name: `Key ${i}` });
    let queries = 0;
    const counted = new Proxy(db, {
      get(target, name, receiver) {
        if (name === 'select') queries++;
        return Reflect.get(target, name, receiver);
      },
    });

    const listed = await listTeamCredentials({ db: counted, member });

    expect(listed.keys).toHaveLength(50);
    // One statement selects the keys, their sums and rows; the other counts them.
    expect(queries).toBeLessThanOrEqual(4);
  }),
);
