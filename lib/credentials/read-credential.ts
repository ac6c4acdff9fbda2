import { and, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { credentials } from '#db/schema/credentials.ts';
import { members, teams } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { credentialScope } from './credential-scope.ts';
import type { OneCredential } from './input.ts';
import { keyRows } from './key-rows.ts';

/** One key with everything but its secret. Null if there is none that the actor can see. */
export async function readCredential(
  { db, member }: { db: Queryable; member: Member },
  { keyId }: z.output<typeof OneCredential>,
) {
  const mine = and(credentialScope(member, 'credential.view'), eq(credentials.keyId, keyId));
  const [[row], [more]] = await Promise.all([
    keyRows(db, { where: mine, orderBy: [sql`${credentials.id}`], limit: 1 }),
    readMore(db, mine),
  ]);
  return row && more ? { ...row, ...more } : null;
}

export type Credential = NonNullable<Awaited<ReturnType<typeof readCredential>>>;

const predecessors = alias(credentials, 'predecessors');

/** Who revoked it, what it replaced, and after how many days the team rotates keys of its environment. */
function readMore(db: Queryable, mine: SQL | undefined) {
  return db
    .select({
      revokedByName: users.name,
      predecessorKeyId: predecessors.keyId,
      rotationDays: sql<number | null>`case ${credentials.environment}
        when 'development' then ${teams.rotationDaysDevelopment}
        when 'staging' then ${teams.rotationDaysStaging}
        else ${teams.rotationDaysProduction} end`,
    })
    .from(credentials)
    .innerJoin(teams, eq(teams.id, credentials.teamId))
    .leftJoin(members, and(eq(members.id, credentials.revokedBy), eq(members.teamId, credentials.teamId)))
    .leftJoin(users, eq(users.id, members.userId))
    .leftJoin(
      predecessors,
      and(eq(predecessors.successorId, credentials.id), eq(predecessors.teamId, credentials.teamId)),
    )
    .where(mine);
}
