import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applicationEndpoints, applications } from '#db/schema/applications.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { allOffered, connect } from './create-application.ts';
import { AppId, EndpointIds } from './input.ts';

export const ConnectEndpoints = z.object({ appId: AppId, endpointIds: EndpointIds });

type Connected =
  | { ok: true; added: number; removed: number; receipt: Receipt | null }
  | { ok: false; reason: 'not_found' | 'unknown_endpoint' };

/**
 * Sets the endpoints an application can call. Connected endpoints that were removed from the catalog can stay
 * connected; new ones must be in the catalog. The receipt says which gateways applied a removal.
 */
export async function connectEndpoints(
  { db, member }: { db: Queryable; member: Member },
  { appId, endpointIds }: z.output<typeof ConnectEndpoints>,
): Promise<Connected> {
  authorize(member, 'application.connect');

  const change = await db.transaction(async (tx) => {
    // The row lock serializes two changes of the same set: the later one wins as a whole.
    const [application] = await tx
      .select({ id: applications.id })
      .from(applications)
      .where(and(eq(applications.publicId, appId), eq(applications.teamId, member.teamId)))
      .for('update');
    if (!application) return { ok: false, reason: 'not_found' } as const;

    const before = await tx
      .select({ id: applicationEndpoints.endpointId })
      .from(applicationEndpoints)
      .where(eq(applicationEndpoints.applicationId, application.id));
    const connected = new Set(before.map((row) => row.id));
    const wanted = new Set(endpointIds);
    const added = endpointIds.filter((id) => !connected.has(id));
    const removed = [...connected].filter((id) => !wanted.has(id));
    if (!(await allOffered(tx, added))) return { ok: false, reason: 'unknown_endpoint' } as const;

    let epoch: number | null = null;
    if (added.length > 0 || removed.length > 0) {
      await connect(tx, member.teamId, application.id, added);
      await disconnect(tx, member.teamId, application.id, removed);
      const subject = { kind: 'application' as const, id: appId };
      await recordAudit(tx, member, 'application.connect', subject, { after: { added, removed } });
      epoch = await raiseEpoch(tx, { kind: 'application', id: application.id });
    }
    return { ok: true, added: added.length, removed: removed.length, epoch } as const;
  });
  if (!change.ok) return change;

  const { epoch, ...done } = change;
  const receipt = epoch !== null && done.removed > 0 ? await confirmEpoch(db, epoch) : null;
  return { ...done, receipt };
}

async function disconnect(tx: Queryable, teamId: string, applicationId: string, endpointIds: string[]) {
  if (endpointIds.length === 0) return;
  await tx
    .delete(applicationEndpoints)
    .where(
      and(
        eq(applicationEndpoints.teamId, teamId),
        eq(applicationEndpoints.applicationId, applicationId),
        inArray(applicationEndpoints.endpointId, endpointIds),
      ),
    );
}
