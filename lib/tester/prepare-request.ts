import { and, eq, gt, lt, notInArray, sql } from 'drizzle-orm';
import type { Db, Queryable } from '#db/client.ts';
import { members } from '#db/schema/teams.ts';
import { testerRequests } from '#db/schema/tester.ts';
import type { Member } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import type { Environment } from '#lib/credentials/format.ts';
import { buildCall, type FieldErrors, type TesterCall } from './build-call.ts';
import { findCredential, findEndpoint } from './find-target.ts';
import type { StoredRequest, TesterSend } from './tester-input.ts';

/** Requests a member can send per minute, and how many are kept to send again. */
export const REQUESTS_A_MINUTE = 60;
export const REQUESTS_KEPT = 20;

export type NotSent =
  | {
      ok: false;
      reason: 'credential_not_found' | 'endpoint_not_connected' | 'confirmation_needed' | 'suspended';
    }
  | { ok: false; reason: 'too_many'; retryAfterSeconds: number }
  | { ok: false; reason: 'invalid'; fields: FieldErrors };

export type Prepared = {
  ok: true;
  /** The history row. */
  id: string;
  call: TesterCall;
  credential: { keyId: string; sharedKey: string; environment: Environment };
  /** The database's clock. */
  nowMs: number;
};

/**
 * Prepares a request with a credential and adds it to the member's history. Requests with Production keys or another
 * member's own key go to the audit log, because the key alone doesn't identify the sender.
 */
export async function prepareRequest(
  { db, member }: { db: Db; member: Member },
  input: TesterSend,
): Promise<Prepared | NotSent> {
  const credential = await findCredential(db, member, input.keyId); // Authorizes.
  if (!credential) return { ok: false, reason: 'credential_not_found' };
  const endpoint = await findEndpoint(db, member, { ...input, applicationId: credential.applicationId });
  if (!endpoint) return { ok: false, reason: 'endpoint_not_connected' };
  const { root, shape, method, path, api } = endpoint;
  const built = buildCall(root, { apiSlug: api.slug, method, path, shape }, input.values);
  if (!built.ok) return { ok: false, reason: 'invalid', fields: built.fields };
  const isProduction = credential.environment === 'production';
  if (isProduction && !input.production) return { ok: false, reason: 'confirmation_needed' };

  return db.transaction(async (tx) => {
    const slot = await takeSlot(tx, member);
    if (!slot.ok) return slot;
    const stored: StoredRequest = { values: input.values, answer: null };
    const [row] = await tx
      .insert(testerRequests)
      .values({
        teamId: member.teamId,
        memberId: member.memberId,
        credentialId: credential.id,
        endpointId: endpoint.id,
        input: stored,
      })
      .returning({ id: testerRequests.id });
    await prune(tx, member);
    if (isProduction || (credential.memberId !== null && credential.memberId !== member.memberId)) {
      const subject = { kind: 'credential' as const, id: credential.keyId };
      await recordAudit(tx, member, 'credential.test', subject, {
        after: { method, path: `/${api.slug}${path}` },
      });
    }
    const { keyId, sharedKey, environment } = credential;
    return {
      ok: true,
      id: row!.id,
      call: built.call,
      credential: { keyId, sharedKey, environment },
      nowMs: slot.nowMs,
    };
  });
}

/** Counts the last minute under a lock on the member's row, so concurrent requests can't exceed the limit. */
async function takeSlot(tx: Queryable, member: Member): Promise<{ ok: true; nowMs: number } | NotSent> {
  const [active] = await tx
    .select({ nowMs: sql<number>`extract(epoch from clock_timestamp()) * 1000`.mapWith(Number) })
    .from(members)
    .where(
      and(eq(members.id, member.memberId), eq(members.teamId, member.teamId), eq(members.status, 'active')),
    )
    .for('update');
  if (!active) return { ok: false, reason: 'suspended' };
  const [recent] = await tx
    .select({
      sent: sql<number>`count(*)::int`,
      waitSeconds: sql<number>`coalesce(ceil(60 - extract(epoch from now() - min(${testerRequests.at}))), 1)::int`,
    })
    .from(testerRequests)
    .where(and(ownRows(member), gt(testerRequests.at, sql`now() - interval '1 minute'`)));
  if (recent && recent.sent >= REQUESTS_A_MINUTE)
    return { ok: false, reason: 'too_many', retryAfterSeconds: Math.max(1, recent.waitSeconds) };
  return { ok: true, nowMs: active.nowMs };
}

const ownRows = (member: Member) =>
  and(eq(testerRequests.teamId, member.teamId), eq(testerRequests.memberId, member.memberId));

/** Keeps the rows of the last minute, too: the limit above counts them. */
async function prune(tx: Queryable, member: Member): Promise<void> {
  const kept = tx
    .select({ id: testerRequests.id })
    .from(testerRequests)
    .where(ownRows(member))
    .orderBy(sql`${testerRequests.at} desc`)
    .limit(REQUESTS_KEPT);
  await tx
    .delete(testerRequests)
    .where(
      and(
        ownRows(member),
        lt(testerRequests.at, sql`now() - interval '1 minute'`),
        notInArray(testerRequests.id, kept),
      ),
    );
}
