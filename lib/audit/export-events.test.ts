import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, anApplication } from '#tests/support/factories.ts';
import { exportEvents } from './export-events.ts';
import type { EventFilter } from './list-events.ts';
import { recordAudit } from './record.ts';

async function chunksOf(db: Db, member: Member, filter: EventFilter = {}, batch?: number): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of exportEvents({ db, member }, filter, batch)) chunks.push(chunk);
  return chunks;
}

test(
  'a record has everything the log shows, with times in UTC, and no formulas',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member, { title: '=cmd|\'/c calc\'!A1, "x"' });
    const change = { before: { title: 'Old' }, after: { title: 'New', tags: ['@SUM'] } };
    const evil = { ...member, name: '\t=1' };
    await recordAudit(db, evil, 'application.edit', { kind: 'application', id: app.publicId }, change);

    const [head, body, ...rest] = await chunksOf(db, member);

    expect(rest).toEqual([]);
    expect(head).toBe('"When (UTC)","Who","What","Action","On what","Name","ID","Change","From (IP)"\r\n');
    expect(body).toMatch(/^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",/);
    expect(body?.slice(body.indexOf(',') + 1)).toBe(
      `"'\t=1 <${member.email}>","changed the app","application.edit","application",` +
        `"'=cmd|'/c calc'!A1, ""x""","${app.publicId}","Title: Old → New; Tags: @SUM","192.0.2.1"\r\n`,
    );
  }),
);

test(
  'a long log is exported in batches, with each matching event of the team once',
  withDb(async (db) => {
    const other = await aMember(db, 'owner');
    await recordAudit(db, other, 'team.edit', { kind: 'team', id: 'theirs' });
    const member = await aMember(db, 'admin');
    for (let i = 0; i < 7; i++) await recordAudit(db, member, 'team.edit', { kind: 'team', id: `e${i}` });
    await recordAudit(db, member, 'credential.pause', { kind: 'credential', id: 'k' });

    const chunks = await chunksOf(db, member, { group: 'team' }, 3);

    expect(chunks.map((chunk) => chunk.split('\r\n').length - 1)).toEqual([1, 3, 3, 1]);
    const ids = chunks.join('').match(/"e\d"/g);
    expect(ids).toEqual(['"e6"', '"e5"', '"e4"', '"e3"', '"e2"', '"e1"', '"e0"']);
    expect(chunks.join('')).not.toMatch(/theirs|credential/);
  }),
);

test(
  'a member without the permission is rejected before anything is written',
  withDb(async (db) => {
    const member = await aMember(db, 'member');
    expect(() => exportEvents({ db, member }, {})).toThrow(Forbidden);
  }),
);
