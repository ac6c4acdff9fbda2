import { and, asc, desc, eq, gt, gte, ilike, lt, lte, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { applications } from '#db/schema/applications.ts';
import { credentials, environment } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import { usageRecords } from '#db/schema/usage.ts';
import { filterText } from '#lib/access/filter-text.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';

export const PAGE_SIZE = 50;

const text = (max: number) => filterText(max).optional().catch(undefined);

/** What stands in the address of a log page. An unreadable value counts as absent. */
export const LogFilter = z.object({
  app: text(40),
  key: z
    .string()
    .regex(/^[0-9A-Za-z]{16}$/)
    .optional()
    .catch(undefined),
  environment: z.enum(environment.enumValues).optional().catch(undefined),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).optional().catch(undefined),
  status: z.enum(['2xx', '3xx', '4xx', '5xx', 'refused', 'failed']).optional().catch(undefined),
  path: text(200),
  /** Whose own key it was. */
  member: z.uuid().optional().catch(undefined),
  ip: text(45),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
  after: z.uuid().optional().catch(undefined),
});
export type LogFilter = z.output<typeof LogFilter>;

export const requestColumns = {
  id: usageRecords.id,
  at: usageRecords.at,
  method: usageRecords.method,
  path: usageRecords.path,
  outcome: usageRecords.outcome,
  status: usageRecords.status,
  reason: usageRecords.reason,
  latencyMs: usageRecords.latencyMs,
  environment: usageRecords.environment,
  clientIp: usageRecords.clientIp,
  appId: applications.publicId,
  appTitle: applications.title,
  keyId: credentials.keyId,
  keyName: credentials.name,
  /** Whose own key it was; null for an app's. */
  memberName: sql<
    string | null
  >`(select ${users.name} from ${members} join ${users} on ${users.id} = ${members.userId} where ${members.id} = ${usageRecords.memberId})`,
};

export type LoggedRequest = {
  id: string;
  at: Date;
  method: string;
  path: string;
  outcome: 'open' | 'answered' | 'aborted' | 'refused' | 'unknown';
  status: number | null;
  reason: string | null;
  latencyMs: number | null;
  environment: 'development' | 'staging' | 'production';
  clientIp: string;
  appId: string;
  appTitle: string;
  keyId: string;
  keyName: string;
  memberName: string | null;
};

export type LogPage = { requests: LoggedRequest[]; newer: string | null; older: string | null };

/**
 * A page of the team's request log, the newest first; of a member's own keys only, for members. Pages by id, which
 * is ordered by time, so that a page does not shift while calls come in.
 */
export async function listRequests(
  { db, member }: { db: Queryable; member: Member },
  filter: LogFilter,
): Promise<LogPage> {
  authorize(member, 'usage.view.own');
  const forward = filter.after !== undefined;
  const rows = await db
    .select(requestColumns)
    .from(usageRecords)
    .innerJoin(applications, eq(applications.id, usageRecords.applicationId))
    .innerJoin(credentials, eq(credentials.id, usageRecords.credentialId))
    .where(and(visibleTo(member), ...conditions(filter)))
    .orderBy(forward ? asc(usageRecords.id) : desc(usageRecords.id))
    .limit(PAGE_SIZE + 1);
  const more = rows.length > PAGE_SIZE;
  const requests = rows.slice(0, PAGE_SIZE);
  if (forward) requests.reverse();
  const first = requests[0]?.id ?? null;
  const last = requests.at(-1)?.id ?? null;
  if (forward) return { requests, newer: more ? first : null, older: last };
  return { requests, newer: filter.before ? first : null, older: more ? last : null };
}

/** The team's calls; for those who may not see them all, the ones made with their own keys. */
export function visibleTo(member: Member): SQL | undefined {
  return and(
    eq(usageRecords.teamId, member.teamId),
    can(member, 'usage.view') ? undefined : eq(usageRecords.memberId, member.memberId),
  );
}

function conditions(filter: LogFilter): (SQL | undefined)[] {
  const { status } = filter;
  const hundred = status && /^[2-5]xx$/.test(status) ? Number(status[0]) * 100 : undefined;
  return [
    filter.app ? eq(applications.publicId, filter.app) : undefined,
    filter.key ? eq(credentials.keyId, filter.key) : undefined,
    filter.member ? eq(usageRecords.memberId, filter.member) : undefined,
    filter.environment ? eq(usageRecords.environment, filter.environment) : undefined,
    filter.method ? eq(usageRecords.method, filter.method) : undefined,
    filter.path ? ilike(usageRecords.path, `%${filter.path.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
    filter.ip ? eq(usageRecords.clientIp, filter.ip) : undefined,
    hundred ? and(gte(usageRecords.status, hundred), lt(usageRecords.status, hundred + 100)) : undefined,
    status === 'refused' ? eq(usageRecords.outcome, 'refused') : undefined,
    status === 'failed' ? sql`${usageRecords.outcome} in ('aborted', 'unknown')` : undefined,
    filter.from ? gte(usageRecords.at, new Date(`${filter.from}T00:00:00Z`)) : undefined,
    filter.to ? lte(usageRecords.at, new Date(`${filter.to}T23:59:59.999Z`)) : undefined,
    filter.before ? lt(usageRecords.id, filter.before) : undefined,
    filter.after ? gt(usageRecords.id, filter.after) : undefined,
  ];
}
