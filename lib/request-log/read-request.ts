import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { usageRecords } from '#db/schema/usage.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { readDetails } from './request-rows.ts';
import { visibleTo } from './visibility.ts';

/** One request with all of its details. Null if it doesn't exist or the member can't see it. */
export async function readRequest({ db, member }: { db: Queryable; member: Member }, input: { id: string }) {
  authorize(member, 'usage.view.own');
  const [row] = await readDetails(db, and(visibleTo(member), eq(usageRecords.id, input.id)));
  if (!row) return null;
  const { credentialId, apiSlug: _, ...request } = row;
  const adjacent = async (newer: boolean) => {
    const [found] = await db
      .select({ id: usageRecords.id })
      .from(usageRecords)
      .where(
        and(
          visibleTo(member),
          eq(usageRecords.credentialId, credentialId),
          (newer ? gt : lt)(usageRecords.id, row.id),
        ),
      )
      .orderBy((newer ? asc : desc)(usageRecords.id))
      .limit(1);
    return found?.id ?? null;
  };
  const [newer, older] = await Promise.all([adjacent(true), adjacent(false)]);
  return { ...request, ofSameKey: { newer, older } };
}

export type RequestDetail = NonNullable<Awaited<ReturnType<typeof readRequest>>>;
