import { expect, test } from 'vitest';
import { Forbidden } from '#lib/access/errors.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { exportRequests } from './export-requests.ts';
import { LogFilter } from './log-filter.ts';

type Context = Parameters<typeof exportRequests>[0];

async function textOf(context: Context, format: 'csv' | 'ndjson', query: object = {}, batch = 1_000) {
  const parts: string[] = [];
  const input = { filter: LogFilter.parse(query), format };
  for await (const part of await exportRequests(context, input, { batch })) parts.push(part);
  return parts.join('');
}

test(
  'a CSV file has a header and one record per request, in UTC, and no cell that a spreadsheet would execute',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: '=cmd|calc' });
    const key = await aCredential(db, app, { name: 'CI' });
    const api = await anApi(db, ['GET /cities/{id}']);
    const { id } = await aCall(db, key, {
      ...{ at: new Date('2026-05-02T12:00:00.250Z'), path: '/x/"7"', endpointId: api.endpointIds[0]! },
      ...{ status: 404, userAgent: '@curl/8', bytesOut: 3_400, day: '2026-05-02' },
    });

    const csv = await textOf({ db, member }, 'csv');

    const [header, line, end] = csv.split('\r\n');
    expect(header).toContain('"Time (UTC)","Request ID","Method","Path","Outcome","Status","Reason"');
    expect(line).toContain(
      `"2026-05-02T12:00:00.250Z","${id}","GET","/x/""7""","answered","404","","12.5","","0","3400","yes"`,
    );
    expect(line).toContain(`"'=cmd|calc"`);
    expect(line).toContain(`"'@curl/8"`);
    expect(line).toContain(`"/cities/{id}"`);
    expect(end).toBe('');
  }),
);

test(
  'an NDJSON file has one object per line, even when a path contains a line break',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    await aCall(db, key, { at: new Date('2026-05-02T12:00:00Z'), path: '/a\nb' });
    await aCall(db, key, {
      at: new Date('2026-05-02T12:00:01Z'),
      path: '/newer',
      status: null,
      outcome: 'aborted',
    });

    const lines = (await textOf({ db, member }, 'ndjson')).trimEnd().split('\n');

    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { at: '2026-05-02T12:00:01.000Z', path: '/newer', status: null, outcome: 'aborted', keyId: key.keyId },
      { at: '2026-05-02T12:00:00.000Z', path: '/a\nb', status: 200, counted: true, via: 'api', requests: 1 },
    ]);
  }),
);

test(
  'each batch continues where the previous one stopped, with the same filter',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const at = new Date('2026-05-02T12:00:00Z');
    for (let i = 0; i < 23; i++) await aCall(db, key, { at, path: `/${i}`, method: i % 2 ? 'POST' : 'GET' });
    const paths = async (query: object, batch: number) =>
      (await textOf({ db, member }, 'ndjson', query, batch))
        .split('\n')
        .flatMap((line) => (line ? [JSON.parse(line).path] : []));
    const all = Array.from({ length: 23 }, (_, i) => `/${22 - i}`);

    for (const batch of [1, 5, 23, 24]) expect(await paths({}, batch)).toEqual(all);
    expect(await paths({ method: 'POST' }, 4)).toEqual(all.filter((path) => Number(path.slice(1)) % 2));
    expect(await paths({ method: 'GET' }, 4)).toEqual(all.filter((path) => Number(path.slice(1)) % 2 === 0));
    // The cursor of the page doesn't limit the export.
    expect(await paths({ before: (await aCall(db, key, { at: new Date(0) })).id }, 50)).toHaveLength(24);
  }),
);

test(
  "a member exports only requests of their own keys, and never another team's requests",
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const stranger = await aMember(db, 'owner');
    const app = await anApplication(db, owner);
    await aCall(db, await aCredential(db, app), { path: '/app' });
    await aCall(db, await aCredential(db, app, { memberId: member.memberId }), { path: '/own' });
    const lines = async (who: typeof owner, query = {}) =>
      (await textOf({ db, member: who }, 'ndjson', query)).split('\n').length - 1;

    expect(await lines(owner)).toBe(2);
    expect(await lines(member)).toBe(1);
    expect(await lines(stranger)).toBe(0);
    expect(await lines(stranger, { app: app.publicId })).toBe(0);
  }),
);

test(
  'an export is in the audit log, with its filter, before a row is read',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const filter = LogFilter.parse({ method: 'POST', from: '24h' });

    await exportRequests({ db, member }, { filter, format: 'csv' });

    expect(await auditTrail(db)).toMatchObject([
      {
        ...{ action: 'usage.export', teamId: member.teamId, subjectKind: 'log', subjectId: 'csv' },
        after: { method: 'POST', from: '24h' },
      },
    ]);
  }),
);

test(
  'an unknown role is rejected immediately, without an audit row',
  withDb(async (db) => {
    const member = { ...(await aMember(db, 'member')), role: 'visitor' } as never; // No such role exists.

    const exporting = exportRequests({ db, member }, { filter: LogFilter.parse({}), format: 'csv' });

    await expect(exporting).rejects.toThrow(Forbidden);
    expect(await auditTrail(db)).toEqual([]);
  }),
);
