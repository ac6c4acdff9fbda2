import { and, asc, desc, eq, gt, gte, ilike, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { type AuditAction, type AuditSubject, auditEvents } from '#db/schema/audit.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { filterText } from '#lib/access/text.ts';
import { ACTION_GROUPS, type ActionGroup, actionsLabeled } from './event-labels.ts';
import { nameSubjects } from './name-subjects.ts';

export const EVENTS_PAGE = 50;

const GROUPS = Object.keys(ACTION_GROUPS) as [ActionGroup, ...ActionGroup[]]; // The keys of a literal.

/** The query parameters of the audit log. Invalid values are ignored. Days are in UTC. */
export const EventFilter = z.object({
  /** A user's ID, or `others` for anyone who was never a member: operators and the system. */
  person: z
    .union([z.uuid(), z.literal('others')])
    .optional()
    .catch(undefined),
  group: z.enum(GROUPS).optional().catch(undefined),
  from: z.iso.date().optional().catch(undefined),
  to: z.iso.date().optional().catch(undefined),
  search: filterText(100).optional().catch(undefined),
  before: z.uuid().optional().catch(undefined),
  after: z.uuid().optional().catch(undefined),
});
export type EventFilter = z.output<typeof EventFilter>;

type Values = Record<string, unknown>;
export type AuditEvent = {
  id: string;
  at: Date;
  actor: string;
  action: AuditAction;
  subjectKind: AuditSubject;
  subjectId: string;
  /** The subject's current name, if it has one. */
  subjectName: string | null;
  before: Values | null;
  after: Values | null;
  ip: string | null;
};
type EventPage = { events: AuditEvent[]; newer: string | null; older: string | null };

/** A page of the team's audit log, newest first. Pages go by ID, which is ordered by time, so they don't shift. */
export async function listEvents(
  { db, member }: { db: Queryable; member: Member },
  filter: EventFilter,
): Promise<EventPage> {
  authorize(member, 'audit.view');
  const forward = filter.after !== undefined;
  const rows = await selectEvents(db, member, filter, EVENTS_PAGE + 1);
  const more = rows.length > EVENTS_PAGE;
  const events = rows.slice(0, EVENTS_PAGE);
  if (forward) events.reverse();
  const first = events[0]?.id ?? null;
  const last = events.at(-1)?.id ?? null;
  if (forward) return { events, newer: more ? first : null, older: last };
  return { events, newer: filter.before ? first : null, older: more ? last : null };
}

/** Current and former members, by name, for the filter. */
export async function listActors({ db, member }: { db: Queryable; member: Member }) {
  authorize(member, 'audit.view');
  return db
    .select({ userId: users.id, name: users.name, email: users.email })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(eq(members.teamId, member.teamId))
    .orderBy(asc(users.name), asc(users.email));
}

/** The matching events of the actor's team. Oldest first only when paging back to newer ones. */
export async function selectEvents(
  db: Queryable,
  member: Member,
  filter: EventFilter,
  limit: number,
): Promise<AuditEvent[]> {
  const rows = await db
    .select({
      id: auditEvents.id,
      at: auditEvents.at,
      actor: auditEvents.actor,
      action: auditEvents.action,
      subjectKind: auditEvents.subjectKind,
      subjectId: auditEvents.subjectId,
      // `recordAudit` only writes objects.
      before: sql<Values | null>`${auditEvents.before}`,
      after: sql<Values | null>`${auditEvents.after}`,
      ip: auditEvents.ip,
    })
    .from(auditEvents)
    .where(and(eq(auditEvents.teamId, member.teamId), ...conditions(member, filter)))
    .orderBy(filter.after === undefined ? desc(auditEvents.id) : asc(auditEvents.id))
    .limit(limit);
  const names = await nameSubjects(db, member, rows);
  return rows.map((row) => ({ ...row, subjectName: names.get(row.subjectId) ?? null }));
}

function conditions(member: Member, filter: EventFilter): (SQL | undefined)[] {
  const { person, group, from, to, search, before, after } = filter;
  return [
    person === 'others' ? byOthers(member) : person ? eq(auditEvents.actorUserId, person) : undefined,
    group
      ? inArray(sql`split_part(${auditEvents.action}, '.', 1)`, [...ACTION_GROUPS[group].prefixes])
      : undefined,
    from ? gte(auditEvents.at, new Date(`${from}T00:00:00Z`)) : undefined,
    to ? lt(auditEvents.at, new Date(Date.parse(`${to}T00:00:00Z`) + 86_400_000)) : undefined,
    search ? mentions(search) : undefined,
    before ? lt(auditEvents.id, before) : undefined,
    after ? gt(auditEvents.id, after) : undefined,
  ];
}

function byOthers(member: Member): SQL | undefined {
  const insiders = sql`select ${members.userId} from ${members} where ${members.teamId} = ${member.teamId}`;
  return or(isNull(auditEvents.actorUserId), sql`${auditEvents.actorUserId} not in (${insiders})`);
}

/** Matches the actor, the action's label, the subject or the change. */
function mentions(search: string): SQL | undefined {
  const like = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const worded = actionsLabeled(search);
  return or(
    ilike(auditEvents.actor, like),
    ilike(auditEvents.subjectId, like),
    ilike(sql`${auditEvents.before}::text`, like),
    ilike(sql`${auditEvents.after}::text`, like),
    worded.length > 0 ? inArray(auditEvents.action, worded) : undefined,
  );
}
