import { and, eq, gt, sql } from 'drizzle-orm';
import type { Queryable } from '#db/client.ts';
import { users } from '#db/schema/accounts.ts';
import { findingDismissals } from '#db/schema/credentials.ts';
import { members } from '#db/schema/teams.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize, can } from '#lib/access/permissions.ts';
import { checkClients, readClients } from './check-clients.ts';
import { checkKey } from './check-key.ts';
import { checkMembers } from './check-members.ts';
import type { Finding } from './finding.ts';
import { type KeyFacts, readKeyFacts, type Scope } from './read-key-facts.ts';
import { FINDING_KINDS, ruleOf, SEVERITIES } from './rules.ts';

type Dismissal = { until: Date; note: string; by: string; at: Date };

/**
 * The findings of a team, most severe first, and the score out of 100. Members see only findings about their own keys and
 * no score. Dismissed findings don't lower the score and are listed separately.
 */
export async function readPosture({ db, member }: { db: Queryable; member: Member }) {
  const ownOnly = !can(member, 'posture.view');
  const [all, dismissals] = await Promise.all([
    findAll(db, member),
    ownOnly ? new Map<string, Dismissal>() : readDismissals(db, member),
  ]);
  const dismissed = all.flatMap((finding) => {
    const dismissal = ruleOf(finding.kind).mustFix ? undefined : dismissals.get(nameOf(finding));
    return dismissal ? [{ finding, dismissal }] : [];
  });
  const dismissedFindings = new Set(dismissed.map(({ finding }) => finding));
  const findings = all.filter((finding) => !dismissedFindings.has(finding));
  const rules = FINDING_KINDS.map((kind) => {
    const open = findings.filter((finding) => finding.kind === kind).length;
    const dismissedCount = dismissed.filter(({ finding }) => finding.kind === kind).length;
    return { kind, open, dismissed: dismissedCount, passed: open === 0, weight: ruleOf(kind).weight };
  });
  const score = rules.reduce((sum, { passed, weight }) => sum + (passed ? weight : 0), 0);
  return { ownOnly, score: ownOnly ? null : score, rules, findings, dismissed };
}

export type Posture = Awaited<ReturnType<typeof readPosture>>;

/** All findings that the member can see, including dismissed ones. */
export async function findAll(db: Queryable, member: Member): Promise<Finding[]> {
  const ownOnly = !can(member, 'posture.view');
  if (ownOnly) authorize(member, 'credential.view.own');
  const scope: Scope = { teamId: member.teamId, ownedBy: ownOnly ? member.memberId : null };
  const mayRotate = ({ memberId }: KeyFacts) => memberId === null || memberId === member.memberId;

  const [facts, clients, people] = await Promise.all([
    readKeyFacts(db, scope),
    readClients(db, scope),
    ownOnly ? [] : checkMembers(db, member),
  ]);
  const keys = new Map(facts.map((key) => [key.id, key]));
  const found = [
    ...facts.flatMap((key) => checkKey(key, mayRotate(key))),
    ...checkClients(clients, keys, mayRotate),
    ...people,
  ];
  const rank = (finding: Finding) => SEVERITIES.indexOf(finding.severity);
  return found.sort(
    (one, other) =>
      rank(one) - rank(other) ||
      FINDING_KINDS.indexOf(one.kind) - FINDING_KINDS.indexOf(other.kind) ||
      one.since.getTime() - other.since.getTime(),
  );
}

const nameOf = ({ kind, subjectId }: Pick<Finding, 'kind' | 'subjectId'>) => `${kind} ${subjectId}`;

async function readDismissals(db: Queryable, { teamId }: Member): Promise<Map<string, Dismissal>> {
  const rows = await db
    .select({
      kind: findingDismissals.kind,
      subjectId: findingDismissals.subjectId,
      until: findingDismissals.until,
      at: findingDismissals.dismissedAt,
      note: findingDismissals.note,
      by: users.name,
    })
    .from(findingDismissals)
    .innerJoin(members, eq(members.id, findingDismissals.dismissedBy))
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(findingDismissals.teamId, teamId), gt(findingDismissals.until, sql`now()`)));
  return new Map(
    rows.map(({ kind, subjectId, ...dismissal }) => [`${kind} ${subjectId}`, dismissal] as const),
  );
}
