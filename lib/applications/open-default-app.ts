import { and, eq, notExists, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { credentials } from '#db/schema/credentials.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { isConnectable } from '#lib/catalog/is-offered.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';

type DefaultApp = { id: string; appId: string; archivedAt: Date | null };

/**
 * The team's Default app for a new key, created if it's missing. With its first key, it's connected to all endpoints in
 * the catalog, unless endpoints were already selected. The caller must have authorized the creation of the key.
 */
export async function openDefaultApp(tx: Queryable, member: Member): Promise<DefaultApp> {
  const app = await findOrMake(tx, member);
  if (!app.archivedAt) await connectAtFirst(tx, member, app);
  return app;
}

async function findOrMake(tx: Queryable, member: Member): Promise<DefaultApp> {
  const { id, publicId, archivedAt, title } = applications;
  const mine = and(eq(applications.teamId, member.teamId), eq(applications.isDefault, true));
  const [known] = await tx.select({ id, appId: publicId, archivedAt }).from(applications).where(mine);
  if (known) return known;

  // The unique index decides between two concurrent inserts; the second uses the row of the first.
  const [made] = await tx
    .insert(applications)
    .values({
      ...{ teamId: member.teamId, createdBy: member.memberId, isDefault: true },
      publicId: `app_${randomBase62(16)}`,
      title: 'Default app',
      description: 'Holds keys that don’t belong to another app.',
    })
    .onConflictDoNothing()
    .returning({ id, appId: publicId, archivedAt, title });
  if (!made) return findOrMake(tx, member);
  const { title: named, ...app } = made;
  const subject = { kind: 'application' as const, id: app.appId };
  await recordAudit(tx, member, 'application.create', subject, { after: { title: named } });
  return app;
}

async function connectAtFirst(tx: Queryable, member: Member, { id, appId }: DefaultApp): Promise<void> {
  const keys = tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(and(eq(credentials.teamId, member.teamId), eq(credentials.applicationId, id)));
  const chosen = tx
    .select({ id: applicationEndpoints.endpointId })
    .from(applicationEndpoints)
    .where(eq(applicationEndpoints.applicationId, id));
  const connected = await tx
    .insert(applicationEndpoints)
    .select(
      tx
        .select({
          teamId: sql`${member.teamId}::uuid`.as('team_id'),
          applicationId: sql`${id}::uuid`.as('application_id'),
          endpointId: endpoints.id,
          connectedAt: sql`now()`.as('connected_at'),
        })
        .from(endpoints)
        .innerJoin(apis, eq(apis.id, endpoints.apiId))
        .where(and(isConnectable, notExists(keys), notExists(chosen))),
    )
    .onConflictDoNothing()
    .returning({ id: applicationEndpoints.endpointId });
  if (connected.length === 0) return;
  const change = { after: { added: `all ${connected.length} endpoints in the catalog` } };
  await recordAudit(tx, member, 'application.connect', { kind: 'application', id: appId }, change);
}
