import { parseArgs } from 'node:util';
import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { readSettings } from '#lib/env.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { assignPlan } from '#lib/teams/assign-plan.ts';
import { DefinePlan, definePlan } from '#lib/teams/define-plan.ts';
import { impactLines } from '#lib/teams/impact-text.ts';
import { listPlans, type Plan } from '#lib/teams/list-plans.ts';
import { listRetentionChanges } from '#lib/teams/list-retention-changes.ts';
import { makeDefaultPlan } from '#lib/teams/make-default-plan.ts';
import { removePlan } from '#lib/teams/remove-plan.ts';
import type { LimitsImpact } from '#lib/teams/retention.ts';
import { undoRetentionChange } from '#lib/teams/undo-retention-change.ts';
import { main } from './supervise.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run plans -- list
  npm run plans -- set NAME --quota N --burst N --window SECONDS --retention DAYS
                   [--members N] [--apps N] [--description TEXT] [--default] [--yes]
                   Creates or edits a plan. When editing, options you omit stay as they are.
                   Use --members none or --apps none to remove a limit.
  npm run plans -- remove NAME
  npm run plans -- assign TEAM-SLUG PLAN [--yes]
                   Use the plan name "default" for the default plan.
  npm run plans -- pending
                   Lists changes that will delete requests and can still be undone.
  npm run plans -- undo ID

A change that deletes requests prints what it deletes and stops. Add --yes to make it.`;

/** The option for each limit. */
const OPTIONS = {
  quota: 'dailyQuota',
  burst: 'burstRequests',
  window: 'burstWindowSeconds',
  retention: 'retentionDays',
  members: 'membersMax',
  apps: 'applicationsMax',
  description: 'description',
} as const;

const operator = 'operator' as const;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const receiptText = (receipt: Receipt | null) =>
  receipt ? ` Applied on ${receipt.confirmed} of ${receipt.gateways} gateways.` : '';

/** Prints what a change would delete and stops. */
function stopBefore(impact: LimitsImpact): never {
  fail([...impactLines(impact), '', 'Nothing was changed. To make this change, add --yes.'].join('\n'));
}

/** The name that confirms a change, if `--yes` is given. */
const confirmedBy = (name: string, yes: boolean) => (yes ? name : undefined);

const UNDO_HINT = 'To undo changes that delete requests, see npm run plans -- pending.';

async function findPlan(db: Db, name: string): Promise<Plan | undefined> {
  const plans = await listPlans({ db, operator });
  return plans.find((plan) => plan.name.toLowerCase() === name.trim().toLowerCase());
}

async function list(db: Db): Promise<void> {
  const number = (value: number | null) => (value === null ? 'unlimited' : formatNumber(value));
  for (const plan of await listPlans({ db, operator }))
    console.log(
      `${plan.name}${plan.isDefault ? ' (default)' : ''}: ${formatCount(plan.dailyQuota, 'request')} per day, ` +
        `burst ${formatNumber(plan.burstRequests)} in ${plan.burstWindowSeconds} s, ` +
        `log retention ${formatCount(plan.retentionDays, 'day')}, members ${number(plan.membersMax)}, ` +
        `apps ${number(plan.applicationsMax)}, teams ${formatNumber(plan.teams)}`,
    );
}

async function pending(db: Db): Promise<void> {
  const changes = await listRetentionChanges({ db, operator });
  if (changes.length === 0) return console.log('No pending changes.');
  for (const change of changes)
    console.log(
      `${change.id}  ${change.subject}: log retention ${change.daysBefore} to ${change.daysAfter} days. ` +
        `${formatCount(change.requests, 'request')} in ${formatCount(change.teams, 'team')} will be deleted ` +
        `after ${change.dueAt.toISOString()}.`,
    );
}

async function undo(db: Db, changeId: string): Promise<void> {
  const undone = await undoRetentionChange({ db, operator, settings: readSettings() }, { changeId });
  if (undone.ok) return console.log(`Undone.${receiptText(undone.receipt)}`);
  if (undone.reason === 'too_late')
    fail('This change can no longer be undone. See npm run plans -- pending.');
  fail('The team or plan was changed again since. Change it directly instead.');
}

type Values = Record<string, string | boolean | undefined>;

async function set(db: Db, name: string, values: Values): Promise<void> {
  const settings = readSettings();
  const known = await findPlan(db, name);
  const given: Record<string, unknown> = known ? { ...known, planId: known.id } : {};
  given.name = known?.name ?? name;
  for (const [option, field] of Object.entries(OPTIONS)) {
    const value = values[option];
    if (value !== undefined) given[field] = value === 'none' ? '' : value;
  }
  given.confirm = confirmedBy(String(given.name), values.yes === true);
  const parsed = DefinePlan.safeParse(given);
  if (!parsed.success) fail(problems(parsed.error));
  const defined = await definePlan({ db, operator, settings }, parsed.data);
  if (!defined.ok && defined.reason === 'confirm') stopBefore(defined.impact);
  if (!defined.ok) fail('Someone else changed this plan at the same time. Try again.');
  console.log(`${known ? 'Changed' : 'Created'} ${parsed.data.name}.${receiptText(defined.receipt)}`);
  if (values.yes) console.log(UNDO_HINT);
  if (!values.default) return;
  const made = await makeDefaultPlan(
    { db, operator, settings },
    { planId: defined.planId, confirm: confirmedBy(parsed.data.name, values.yes === true) },
  );
  if (made.ok) return console.log(`${made.name} is the default plan.${receiptText(made.receipt)}`);
  if (made.reason === 'confirm') stopBefore(made.impact);
  fail('The plan no longer exists.');
}

function problems(error: z.ZodError): string {
  const optionOf = (field: unknown) => Object.entries(OPTIONS).find(([, name]) => name === field)?.[0];
  return error.issues
    .map(({ path, message }) => {
      const option = optionOf(path[0]);
      return option ? `--${option}: ${message}` : message;
    })
    .join('\n');
}

async function remove(db: Db, name: string): Promise<void> {
  const plan = await findPlan(db, name);
  if (!plan) fail(`There is no plan named ${name}. See npm run plans -- list.`);
  const removed = await removePlan({ db, operator }, { planId: plan.id });
  if (removed.ok) return console.log(`Removed ${plan.name}.`);
  if (removed.reason === 'in_use')
    fail(`${formatCount(removed.teams, 'team is', 'teams are')} on ${plan.name}. Assign another plan first.`);
  fail(`${plan.name} is the default plan. Make another plan the default first.`);
}

async function assign(db: Db, slug: string, name: string, yes: boolean): Promise<void> {
  const [team] = await db
    .select({ id: teams.id, name: teams.name })
    .from(teams)
    .where(and(eq(teams.slug, slug), isNull(teams.deletedAt)));
  if (!team) fail(`There is no team with the slug ${slug}.`);
  const plan = await findPlan(db, name);
  if (!plan && name !== 'default') fail(`There is no plan named ${name}. See npm run plans -- list.`);
  const assigned = await assignPlan(
    { db, operator, settings: readSettings() },
    { teamId: team.id, planId: plan?.id ?? null, confirm: confirmedBy(team.name, yes) },
  );
  if (!assigned.ok && assigned.reason === 'confirm') stopBefore(assigned.impact);
  if (!assigned.ok) fail('The team or the plan no longer exists.');
  console.log(`${slug} is on ${assigned.plan}.${receiptText(assigned.receipt)}`);
  if (yes) console.log(UNDO_HINT);
}

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }])),
      default: { type: 'boolean' as const },
      yes: { type: 'boolean' as const },
    },
  });
  const [command, subject, plan] = positionals;

  if (command === 'list') await withDatabase('read', list);
  else if (command === 'pending') await withDatabase('read', pending);
  else if (command === 'set' && subject) await withDatabase('write', (db) => set(db, subject, values));
  else if (command === 'remove' && subject) await withDatabase('write', (db) => remove(db, subject));
  else if (command === 'undo' && subject) await withDatabase('write', (db) => undo(db, subject));
  else if (command === 'assign' && subject && plan)
    await withDatabase('write', (db) => assign(db, subject, plan, values.yes === true));
  else fail(USAGE);
});
