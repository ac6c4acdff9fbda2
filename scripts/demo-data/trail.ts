import type { Queryable } from '#db/client.ts';
import { type AuditAction, type AuditSubject, auditEvents } from '#db/schema/audit.ts';
import { idAt } from './calendar.ts';

type Actor = { userId: string; memberId: string; name: string; email: string; ip: string };
type Values = Record<string, unknown>;
type PastEvent = {
  at: Date;
  by: Actor | 'system';
  action: AuditAction;
  subject: { kind: AuditSubject; id: string };
  before?: Values;
  after?: Values;
};

/** Collects the audit events that verbs would have recorded. Verbs themselves can't act in the past. */
export function openTrail(teamId: string) {
  const events: PastEvent[] = [];
  return {
    add: (event: PastEvent) => void events.push(event),
    async write(db: Queryable): Promise<void> {
      const rows = events
        .toSorted((one, other) => one.at.getTime() - other.at.getTime())
        .map(({ at, by, action, subject, before, after }) => ({
          ...{ id: idAt(at), at, teamId, action, subjectKind: subject.kind, subjectId: subject.id },
          ...(by === 'system'
            ? { actor: by }
            : { actor: `${by.name} <${by.email}>`, actorUserId: by.userId, actorMemberId: by.memberId }),
          ...{ before: before ?? null, after: after ?? null },
          ip: by === 'system' ? null : by.ip,
        }));
      await db.insert(auditEvents).values(rows);
    },
  };
}

export type Trail = ReturnType<typeof openTrail>;
