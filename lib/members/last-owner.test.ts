import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { members } from '#db/schema/teams.ts';
import { Forbidden } from '#lib/access/errors.ts';
import type { Member } from '#lib/access/member.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { settings } from '#tests/support/settings.ts';
import { changeRole } from './change-role.ts';
import { leaveTeam } from './leave-team.ts';
import { removeMember } from './remove-member.ts';
import { suspendMember } from './suspend-member.ts';
import { transferOwnership } from './transfer-ownership.ts';

let own: OwnDatabase;
beforeAll(async () => {
  own = await ownDatabase();
});
afterAll(() => own.drop());

/** Actions that reduce the number of owners, by name, given the other owner. */
const attacks = {
  demote: (member: Member, { memberId }: Member) =>
    changeRole({ db: own.db, member, settings }, { memberId, role: 'member' }),
  suspend: (member: Member, { memberId }: Member) =>
    suspendMember({ db: own.db, member, settings }, { memberId }),
  remove: (member: Member, { memberId }: Member) =>
    removeMember({ db: own.db, member, settings }, { memberId, applicationKeys: 'keep' }),
  leave: (member: Member) => leaveTeam({ db: own.db, member }),
  transfer: (member: Member, { memberId }: Member) =>
    transferOwnership({ db: own.db, member, settings }, { memberId }),
};
const names = Object.keys(attacks) as (keyof typeof attacks)[]; // These are all of its keys.
const ROUNDS = 200;

test('if two owners remove each other at the same time, one always remains an active owner', {
  timeout: 120_000,
}, async () => {
  const { db } = own;
  let bothTried = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const ada = await aMember(db, 'owner');
    const bob = await aMember(db, 'owner', ada);
    const first = attacks[names[round % names.length]!];
    const second = attacks[names[Math.floor(round / names.length) % names.length]!];

    const ended = await Promise.allSettled([first(ada, bob), second(bob, ada)]);

    for (const one of ended) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Forbidden);
    const owners = await db.$count(
      members,
      and(eq(members.teamId, ada.teamId), eq(members.role, 'owner'), eq(members.status, 'active')),
    );
    expect(owners, `round ${round}`).toBeGreaterThanOrEqual(1);
    if (ended.some((one) => one.status === 'rejected' || !one.value.ok)) bothTried++;
  }
  // Otherwise the rounds prove nothing: in most of them the later action must have been rejected.
  expect(bothTried).toBeGreaterThan(ROUNDS / 2);
});
