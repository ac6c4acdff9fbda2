import { expect, test } from 'vitest';
import { listRequests } from '#lib/request-log/list-requests.ts';
import { LogFilter } from '#lib/request-log/log-filter.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';

test(
  'the log shows the member of each key, and can be filtered by member',
  withDb(async (db) => {
    const owner = await aMember(db, 'owner');
    const member = await aMember(db, 'member', owner);
    const app = await anApplication(db, owner);
    await aCall(db, await aCredential(db, app), { path: '/app' });
    await aCall(db, await aCredential(db, app, { memberId: owner.memberId }), { path: '/owner' });
    await aCall(db, await aCredential(db, app, { memberId: member.memberId }), { path: '/member' });
    const list = async (actor: typeof owner, filter = {}) =>
      (await listRequests({ db, member: actor }, LogFilter.parse(filter))).requests.map((request) => [
        request.path,
        request.memberName,
      ]);

    expect(await list(owner)).toEqual([
      ['/member', member.name],
      ['/owner', owner.name],
      ['/app', null],
    ]);
    expect(await list(owner, { member: member.memberId })).toEqual([['/member', member.name]]);
    expect(await list(member, { member: owner.memberId })).toEqual([]);
  }),
);
