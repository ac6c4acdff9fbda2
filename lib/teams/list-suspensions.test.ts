import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { members, teams } from '#db/schema/teams.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember, aTeam, aUser } from '#tests/support/factories.ts';
import { listSuspensions } from './list-suspensions.ts';

test(
  'a person finds the teams they’re suspended from, and no others',
  withDb(async (db) => {
    const [user, other] = [await aUser(db), await aUser(db)];
    const join = async (status: 'active' | 'suspended' | 'removed', name: string, deletedAt?: Date) => {
      const team = await aTeam(db, { name, slug: name.toLowerCase() });
      const { teamId } = team;
      await aMember(db, 'owner', team);
      await db.insert(members).values({ teamId, userId: user.userId, role: 'member', status });
      if (deletedAt) await db.update(teams).set({ deletedAt }).where(eq(teams.id, teamId));
    };
    await join('suspended', 'Quay');
    await join('suspended', 'Harbour');
    await join('active', 'Pier');
    await join('removed', 'Dock');
    await join('suspended', 'Wreck', new Date());

    expect(await listSuspensions({ db, user })).toEqual([
      { name: 'Harbour', slug: 'harbour' },
      { name: 'Quay', slug: 'quay' },
    ]);
    expect(await listSuspensions({ db, user: other })).toEqual([]);
  }),
);
