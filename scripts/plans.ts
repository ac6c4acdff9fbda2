import { parseArgs } from 'node:util';
import { and, eq, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '#db/client.ts';
import { teams } from '#db/schema/teams.ts';
import type { Receipt } from '#lib/access/epoch.ts';
import { assignPlan } from '#lib/teams/assign-plan.ts';
import { DefinePlan, definePlan } from '#lib/teams/define-plan.ts';
import { listPlans, type Plan } from '#lib/teams/list-plans.ts';
import { makeDefaultPlan } from '#lib/teams/make-default-plan.ts';
import { removePlan } from '#lib/teams/remove-plan.ts';
import { withDatabase } from './with-database.ts';

const USAGE = `Usage:
  npm run plans -- list
  npm run plans -- set NAME --quota N --burst N --window SECONDS --retention DAYS
                   [--members N] [--apps N] [--description TEXT] [--default]
                   of a plan that exists, what is not given stays; --members none and --apps none take a limit away
  npm run plans -- remove NAME
  npm run plans -- assign TEAM-SLUG PLAN     PLAN may be "default"`;

/** The option of each figure. */
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

const told = (receipt: Receipt | null) =>
  receipt ? ` In force on ${receipt.confirmed} of ${receipt.gateways} gateways.` : '';

async function findPlan(db: Db, name: string): Promise<Plan | undefined> {
  const plans = await listPlans({ db, operator });
  return plans.find((plan) => plan.name.toLowerCase() === name.trim().toLowerCase());
}

async function list(db: Db): Promise<void> {
  const number = (value: number | null) => value?.toLocaleString('en') ?? 'unlimited';
  for (const plan of await listPlans({ db, operator }))
    console.log(
      `${plan.name}${plan.isDefault ? ' (default)' : ''}: ${number(plan.dailyQuota)} calls a day, ` +
        `${number(plan.burstRequests)} in ${plan.burstWindowSeconds} s, logs ${plan.retentionDays} days, ` +
        `members ${number(plan.membersMax)}, apps ${number(plan.applicationsMax)}; teams: ${plan.teams}`,
    );
}

async function set(
  db: Db,
  name: string,
  values: Record<string, string | boolean | undefined>,
): Promise<void> {
  const known = await findPlan(db, name);
  const given: Record<string, unknown> = known ? { ...known, planId: known.id } : {};
  given.name = known?.name ?? name;
  for (const [option, field] of Object.entries(OPTIONS)) {
    const value = values[option];
    if (value !== undefined) given[field] = value === 'none' ? '' : value;
  }
  const parsed = DefinePlan.safeParse(given);
  if (!parsed.success) fail(problems(parsed.error));
  const defined = await definePlan({ db, operator }, parsed.data);
  if (!defined.ok) fail('The plan was changed by somebody else at this moment. Try again.');
  console.log(`${known ? 'Changed' : 'Made'} ${parsed.data.name}.${told(defined.receipt)}`);
  if (!values.default) return;
  const made = await makeDefaultPlan({ db, operator }, { planId: defined.planId });
  if (made.ok) console.log(`${made.name} is the default plan.${told(made.receipt)}`);
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
  if (!plan) fail(`There is no plan ${name}. See npm run plans -- list.`);
  const removed = await removePlan({ db, operator }, { planId: plan.id });
  if (removed.ok) return console.log(`Removed ${plan.name}.`);
  if (removed.reason === 'in_use')
    fail(`${removed.teams} teams are on ${plan.name}. Assign them another plan first.`);
  fail(`${plan.name} is the default plan. Make another one the default first.`);
}

async function assign(db: Db, slug: string, name: string): Promise<void> {
  const [team] = await db
    .select({ id: teams.id })
    .from(teams)
    .where(and(eq(teams.slug, slug), isNull(teams.deletedAt)));
  if (!team) fail(`There is no team ${slug}.`);
  const plan = await findPlan(db, name);
  if (!plan && name !== 'default') fail(`There is no plan ${name}. See npm run plans -- list.`);
  const assigned = await assignPlan({ db, operator }, { teamId: team.id, planId: plan?.id ?? null });
  if (!assigned.ok) fail('The team or the plan is gone.');
  console.log(`${slug} is on ${assigned.plan}.${told(assigned.receipt)}`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const }])),
    default: { type: 'boolean' as const },
  },
});
const [command, subject, plan] = positionals;

if (command === 'list') await withDatabase(list);
else if (command === 'set' && subject) await withDatabase((db) => set(db, subject, values));
else if (command === 'remove' && subject) await withDatabase((db) => remove(db, subject));
else if (command === 'assign' && subject && plan) await withDatabase((db) => assign(db, subject, plan));
else fail(USAGE);
