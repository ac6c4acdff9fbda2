import { and, eq } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';

/** One application by its App ID, or null. Another team's ID looks like a missing one. */
export async function readApplication(
  { db, member }: { db: Queryable; member: Member },
  { appId }: { appId: string },
) {
  authorize(member, 'application.view');
  const [row] = await db
    .select({
      id: applications.id,
      appId: applications.publicId,
      title: applications.title,
      description: applications.description,
      isDefault: applications.isDefault,
      createdAt: applications.createdAt,
      archivedAt: applications.archivedAt,
    })
    .from(applications)
    .where(and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId)));
  return row ?? null;
}

export type Application = NonNullable<Awaited<ReturnType<typeof readApplication>>>;
