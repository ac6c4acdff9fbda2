import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { credentials } from '#db/schema/credentials.ts';
import { incidents } from '#db/schema/incidents.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { aCall, aDay } from '#tests/support/usage-rows.ts';
import { exportIncident } from './export-incident.ts';
import { findUnusual } from './find-unusual.ts';
import { listIncidents } from './list-incidents.ts';
import { listRejectedKeys } from './list-rejected-keys.ts';
import { monitorIncident } from './monitor-incident.ts';
import { openIncident } from './open-incident.ts';
import { reportMarkdown } from './report-text.ts';
import { stepsDone } from './steps.ts';

const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);
const refused = (reason = 'credential_revoked') => ({
  outcome: 'refused' as const,
  status: 401,
  reason,
  counted: false,
});

/** An incident whose key was revoked a day ago. */
async function aCase(db: Db) {
  const member = await aMember(db, 'admin');
  const app = await anApplication(db, member);
  const key = await aCredential(db, app, { name: 'Shop' });
  const opened = await openIncident(
    { db, member, settings },
    { keyId: key.keyId, reason: '', replace: true, name: '' },
  );
  if (!opened.ok || !opened.replacement?.ok) throw new Error('not opened');
  const revokedAt = ago(24);
  await db.update(incidents).set({ revokedAt }).where(eq(incidents.publicId, opened.incidentId));
  const [fresh] = await db.select().from(credentials).where(eq(credentials.keyId, opened.replacement.keyId));
  return { member, app, key, fresh: fresh!, incidentId: opened.incidentId, revokedAt };
}

test(
  'shows the last accepted request and the rejected ones since, by address and by day; new addresses are marked',
  withDb(async (db) => {
    const { member, key, incidentId } = await aCase(db);
    await aCall(db, key, { at: ago(30), clientIp: '203.0.113.1' });
    await aCall(db, key, { at: ago(25), clientIp: '203.0.113.1', ...refused('ip_not_allowed') });
    await aCall(db, key, { at: ago(23), clientIp: '203.0.113.1', userAgent: 'shop', ...refused() });
    await aCall(db, key, { at: ago(2), clientIp: '203.0.113.1', userAgent: 'cron', ...refused() });
    await aCall(db, key, { at: ago(1), clientIp: '198.51.100.7', ...refused() });

    const watched = await monitorIncident({ db, member }, { incidentId });

    expect(watched).toMatchObject({
      ...{ refused: 3, isPartial: false },
      addresses: [
        { clientIp: '198.51.100.7', calls: 1, isNew: true },
        { clientIp: '203.0.113.1', calls: 2, isNew: false, userAgents: ['cron', 'shop'] },
      ],
    });
    expect(watched!.lastAcceptedAt?.getTime()).toBeCloseTo(ago(30).getTime(), -4);
    expect(watched!.firstRefusedAt?.getTime()).toBeCloseTo(ago(23).getTime(), -4);
    const days = new Map<string, number>();
    for (const hours of [23, 2, 1]) days.set(dayOf(ago(hours)), (days.get(dayOf(ago(hours))) ?? 0) + 1);
    expect(watched!.days).toEqual([...days].sort().map(([day, count]) => ({ day, refused: count })));
  }),
);

test(
  'is empty without requests, and another team’s incident looks absent',
  withDb(async (db) => {
    const { member, incidentId } = await aCase(db);
    expect(await monitorIncident({ db, member }, { incidentId })).toEqual({
      ...{
        lastAcceptedAt: null,
        refused: 0,
        firstRefusedAt: null,
        addresses: [],
        days: [],
        isPartial: false,
      },
    });
    expect(await findUnusual({ db, member }, { incidentId })).toEqual([]);
    const stranger = { db, member: await aMember(db, 'owner') };
    expect(await monitorIncident(stranger, { incidentId })).toBeNull();
    expect(await findUnusual(stranger, { incidentId })).toEqual([]);
    expect(await exportIncident(stranger, { incidentId })).toBeNull();
  }),
);

test(
  'before the revocation, new addresses and endpoints, rejected requests and a jump in volume are unusual',
  withDb(async (db) => {
    const { member, key, incidentId, revokedAt } = await aCase(db);
    const { slug, endpointIds } = await anApi(db, ['GET /cities', 'GET /export']);
    const [cities, dump] = endpointIds as [string, string];
    await aCall(db, key, { at: ago(24 * 6), clientIp: '203.0.113.1', endpointId: cities });
    await aCall(db, key, { at: ago(26), clientIp: '203.0.113.1', endpointId: cities });
    await aCall(db, key, { at: ago(26), clientIp: '198.51.100.7', endpointId: dump });
    await aCall(db, key, { at: ago(25), clientIp: '198.51.100.8', ...refused('ip_not_allowed') });
    await aCall(db, key, { at: ago(2), clientIp: '198.51.100.9', endpointId: cities, ...refused() });
    const daysAgo = (Date.parse(dayOf(new Date())) - Date.parse(dayOf(revokedAt))) / 86_400_000;
    await aDay(db, key, daysAgo + 5, { requests: 280 });
    await aDay(db, key, daysAgo, { requests: 300 });

    expect(await findUnusual({ db, member }, { incidentId })).toEqual([
      { kind: 'volume', day: dayOf(revokedAt), calls: 300, average: 20 },
      { kind: 'new_address', clientIp: '198.51.100.7', calls: 1, at: expect.any(Date) },
      { kind: 'new_endpoint', endpoint: `GET /${slug}/export`, calls: 1, at: expect.any(Date) },
      { kind: 'refused', reason: 'ip_not_allowed', calls: 1, at: expect.any(Date) },
    ]);
  }),
);

test(
  'the first addresses of a new key are not unusual',
  withDb(async (db) => {
    const { member, key, incidentId } = await aCase(db);
    const { endpointIds } = await anApi(db);
    await aCall(db, key, { at: ago(30), endpointId: endpointIds[0]! });
    await aCall(db, key, { at: ago(26), clientIp: '198.51.100.7', endpointId: endpointIds[0]! });
    expect(await findUnusual({ db, member }, { incidentId })).toEqual([]);
  }),
);

test(
  'a report has the callers and when they moved, no secrets, and escaped user text',
  withDb(async (db) => {
    const { member, key, fresh, incidentId } = await aCase(db);
    await aCall(db, key, { at: ago(26), userAgent: 'shop/1' });
    await aCall(db, fresh, { at: ago(1), userAgent: 'shop/1' });
    await aCall(db, key, {
      at: ago(1),
      userAgent: `| [x](http://evil.test) <img> ${key.secretKey}`,
      ...refused(),
    });

    const report = await exportIncident({ db, member }, { incidentId });

    expect(report?.callers).toMatchObject([{ userAgent: 'shop/1', calls: 1, movedAt: expect.any(Date) }]);
    const markdown = reportMarkdown(report!);
    expect(JSON.stringify(report) + markdown).not.toContain(key.secretKey);
    expect(markdown).toContain(`# Security incident ${incidentId}`);
    expect(markdown).toContain(key.sharedKey);
    expect(markdown).toContain('\\| \\[x\\](http://evil.test) \\<img\\>');
    expect(markdown).toContain('- Rejected since: 1 request from 1 IP address');
    expect(markdown.split('\n').filter((line) => line.includes('evil.test'))).toHaveLength(1);
    const report2 = { ...report!, incident: { ...report!.incident, reason: 'line\n# not a heading' } };
    expect(reportMarkdown(report2)).toContain('> line\n> \\# not a heading');
  }),
);

test.each([
  [{}, [], 'revoke'],
  [{ replacedAt: new Date() }, [], 'revoke generate'],
  [{ isUpdated: true, isMonitored: false, reportedAt: new Date() }, [], 'revoke update monitor report'],
  [{}, [{ movedAt: new Date() }], 'revoke update'],
  [{}, [{ movedAt: new Date() }, { movedAt: null }], 'revoke'],
])('steps of %j with callers %j: %s', (values, callers, done) => {
  const fresh = {
    ...{ revokedAt: new Date(), replacedAt: null, isUpdated: false, isMonitored: true, reportedAt: null },
  };
  expect([...stepsDone({ ...fresh, ...values }, callers)].join(' ')).toBe(done);
});

test(
  'the list counts updating as done once every known caller has moved, like the incident’s page',
  withDb(async (db) => {
    const { member, key, fresh } = await aCase(db);
    const done = async () => [...(await listIncidents({ db, member })).incidents[0]!.done];
    for (const userAgent of ['shop', 'cron']) await aCall(db, key, { at: ago(30), userAgent });
    await aCall(db, fresh, { at: ago(1), userAgent: 'shop' });
    expect(await done()).toEqual(['revoke', 'generate']);
    await aCall(db, fresh, { at: ago(1), userAgent: 'cron' });
    expect(await done()).toEqual(['revoke', 'generate', 'update']);
  }),
);

test(
  'requests with inactive keys are counted and attributed, latest first; those with active keys are not',
  withDb(async (db) => {
    const member = await aMember(db, 'admin');
    const app = await anApplication(db, member, { title: 'Storefront' });
    const revoked = await aCredential(db, app, { name: 'Old', status: 'revoked', revokedAt: ago(48) });
    const expired = await aCredential(db, app, { name: 'Gone', expiresAt: ago(24) });
    const active = await aCredential(db, app, { name: 'Active' });
    for (const key of [revoked, expired, active]) await aDay(db, key, 0, { refused: 2 });
    await aCall(db, revoked, { at: ago(30), clientIp: '203.0.113.1', userAgent: 'cron', ...refused() });
    await aCall(db, revoked, { at: ago(3), clientIp: '203.0.113.2', userAgent: 'cron', ...refused() });
    await aCall(db, revoked, { at: ago(24 * 8), ...refused() });
    await aCall(db, expired, { at: ago(1), ...refused('credential_expired') });
    await aCall(db, active, { at: ago(1), ...refused('rate_limited') });

    const rows = await listRejectedKeys({ db, member });

    expect(rows).toMatchObject([
      { keyId: expired.keyId, status: 'expired', day: 1, week: 1 },
      {
        ...{ keyId: revoked.keyId, name: 'Old', status: 'revoked', appTitle: 'Storefront', day: 1, week: 2 },
        ...{
          addresses: ['203.0.113.1', '203.0.113.2'],
          addressCount: 2,
          userAgents: ['cron'],
          incidentId: null,
        },
      },
    ]);
    const opened = await openIncident(
      { db, member, settings },
      { keyId: revoked.keyId, reason: '', replace: false, name: '' },
    );
    const after = await listRejectedKeys({ db, member });
    expect(after[1]?.incidentId).toBe(opened.ok && opened.incidentId);
  }),
);

test(
  'a member sees only their own inactive keys, another team none',
  withDb(async (db) => {
    const admin = await aMember(db, 'admin');
    const app = await anApplication(db, admin);
    const member = await aMember(db, 'member', admin);
    const revoked = { status: 'revoked', revokedAt: ago(48) } as const;
    const [own, other] = [
      await aCredential(db, app, { ...revoked, memberId: member.memberId }),
      await aCredential(db, app, revoked),
    ];
    for (const key of [own, other]) {
      await aDay(db, key, 0, { refused: 1 });
      await aCall(db, key, { at: ago(1), ...refused() });
    }
    const seen = async (who: typeof member) =>
      (await listRejectedKeys({ db, member: who })).map((row) => row.keyId);
    expect((await seen(admin)).sort()).toEqual([own.keyId, other.keyId].sort());
    expect(await seen(member)).toEqual([own.keyId]);
    expect(await seen(await aMember(db, 'owner'))).toEqual([]);
  }),
);
