import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db, Queryable } from '#db/client.ts';
import { plans } from '#db/schema/plans.ts';
import { retentionChanges } from '#db/schema/retention.ts';
import { teams } from '#db/schema/teams.ts';
import { confirmEpoch, type Receipt, raiseEpoch } from '#lib/access/epoch.ts';
import type { Operator } from '#lib/access/operator.ts';
import type { Settings } from '#lib/access/settings.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { lockPlans } from './define-plan.ts';
import { cancelRaised, emailOwners } from './retention.ts';

export const UndoRetentionChange = z.object({ changeId: z.uuid() });

type Undone =
  | { ok: true; receipt: Receipt }
  /** `too_late`: it is due or was undone. `changed_since`: the team or plan was changed again. */
  | { ok: false; reason: 'too_late' | 'changed_since' };

type ChangeRow = typeof retentionChanges.$inferSelect;

/** Undoes a change that lowered log retention, as long as its requests are still there. */
export async function undoRetentionChange(
  { db, operator, settings }: { db: Db; operator: Operator | 'operator'; settings: Settings },
  { changeId }: z.output<typeof UndoRetentionChange>,
): Promise<Undone> {
  const epoch = await db.transaction(async (tx) => {
    await lockPlans(tx);
    // The team's row is locked first, as in `setLimits`, so that the two can't deadlock.
    await tx.execute(sql`select from teams where id = (select team_id from retention_changes where id = ${changeId})
      for no key update`);
    const [change] = await tx
      .update(retentionChanges)
      .set({ canceledAt: sql`now()` })
      .where(
        and(
          eq(retentionChanges.id, changeId),
          isNull(retentionChanges.canceledAt),
          sql`${retentionChanges.dueAt} > now()`,
        ),
      )
      .returning();
    if (!change) return 'too_late' as const;
    const restored = await readTeams(tx, changeId);
    if (!(await restore(tx, change))) {
      await tx.update(retentionChanges).set({ canceledAt: null }).where(eq(retentionChanges.id, changeId));
      return 'changed_since' as const;
    }
    await cancelRaised(tx);
    await recordUndo(tx, operator, change);
    for (const { teamId, daysBefore, daysAfter } of restored)
      await recordAudit(
        tx,
        operator,
        'team.undo_retention',
        { kind: 'team', id: teamId },
        {
          ...{ teamId, before: { retentionDays: daysAfter }, after: { retentionDays: daysBefore } },
        },
      );
    await emailOwners({ db: tx, settings }, restored, ({ daysBefore, daysAfter, requests }) => ({
      ...{ change: 'restored' as const, daysBefore, daysAfter, requests, dueAt: change.dueAt.toISOString() },
    }));
    const { teamId, planId } = change;
    return raiseEpoch(tx, teamId ? { kind: 'team', id: teamId } : { kind: 'plan', id: planId ?? '' });
  });
  if (typeof epoch === 'string') return { ok: false, reason: epoch };
  return { ok: true, receipt: await confirmEpoch(db, epoch) };
}

/** Restores what the change replaced. False if it was changed again in the meantime. */
async function restore(tx: Queryable, change: ChangeRow): Promise<boolean> {
  const { cause, teamId, planId, daysBefore, daysAfter, planBefore, planAfter } = change;
  const same = (column: SQL, value: number | string | null) => sql`${column} is not distinct from ${value}`;
  if (cause === 'team_limits') {
    const unchanged = same(sql`${teams.retentionDays}`, daysAfter);
    const rows = await tx
      .update(teams)
      .set({ retentionDays: daysBefore })
      .where(and(eq(teams.id, teamId ?? ''), unchanged, isNull(teams.deletedAt)))
      .returning({ id: teams.id });
    return rows.length > 0;
  }
  if (cause === 'plan_limits') {
    const rows = await tx
      .update(plans)
      .set({ retentionDays: daysBefore ?? sql`retention_days` })
      .where(and(eq(plans.id, planId ?? sql`null`), same(sql`${plans.retentionDays}`, daysAfter)))
      .returning({ id: plans.id });
    return rows.length > 0;
  }
  // The previous plan may have been deleted in the meantime.
  if (planBefore !== null && (await tx.$count(plans, eq(plans.id, planBefore))) === 0) return false;
  if (cause === 'team_plan') {
    const rows = await tx
      .update(teams)
      .set({ planId: planBefore })
      .where(and(eq(teams.id, teamId ?? ''), same(sql`${teams.planId}`, planAfter), isNull(teams.deletedAt)))
      .returning({ id: teams.id });
    return rows.length > 0;
  }
  const rows = await tx
    .update(plans)
    .set({ isDefault: false })
    .where(and(eq(plans.isDefault, true), eq(plans.id, planAfter ?? sql`null`)))
    .returning({ id: plans.id });
  if (rows.length === 0 || planBefore === null) return false;
  await tx.update(plans).set({ isDefault: true }).where(eq(plans.id, planBefore));
  return true;
}

/** The audit row of the opposite change. */
async function recordUndo(tx: Queryable, operator: Operator | 'operator', change: ChangeRow): Promise<void> {
  const { cause, teamId, planId, daysBefore, daysAfter, planBefore, planAfter } = change;
  const days = { before: { retentionDays: daysAfter }, after: { retentionDays: daysBefore } };
  const team = { kind: 'team', id: teamId ?? '' } as const;
  if (cause === 'team_limits')
    return recordAudit(tx, operator, 'team.set_limits', team, { teamId: team.id, ...days });
  if (cause === 'plan_limits')
    return recordAudit(tx, operator, 'plan.edit', { kind: 'plan', id: planId ?? '' }, days);
  const nameOf = async (id: string | null) => {
    const [plan] = await tx
      .select({ name: plans.name })
      .from(plans)
      .where(id === null ? eq(plans.isDefault, true) : eq(plans.id, id));
    return plan?.name;
  };
  const [before, after] = [await nameOf(planAfter), await nameOf(planBefore)];
  if (cause === 'team_plan')
    return recordAudit(tx, operator, 'team.assign_plan', team, {
      ...{ teamId: team.id, before: { plan: before }, after: { plan: after } },
    });
  const defaults = { before: { default: before }, after: { default: after } };
  return recordAudit(tx, operator, 'plan.make_default', { kind: 'plan', id: planBefore ?? '' }, defaults);
}

/** The teams that keep requests because of a change, read before it is undone. */
function readTeams(tx: Queryable, changeId: string) {
  return tx.execute<{ teamId: string; daysBefore: number; daysAfter: number; requests: number }>(sql`
    select h.team_id as "teamId", h.keep_days as "daysBefore", l.retention_days as "daysAfter",
      h.requests::float8 as requests
    from retention_holds h join team_limits l on l.team_id = h.team_id
    where h.change_id = ${changeId} and l.retention_days < h.keep_days`);
}
