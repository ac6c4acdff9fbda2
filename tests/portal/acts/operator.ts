import { eq } from 'drizzle-orm';
import { apis, endpoints } from '#db/schema/catalog.ts';
import { retentionChanges } from '#db/schema/retention.ts';
import { teams } from '#db/schema/teams.ts';
import type { FullTeam } from '#tests/support/full-team.ts';
import { type Act, operate, operatorPage } from './act.ts';

const OPERATOR = 'app/operator/actions.ts';
const PLANS = 'app/operator/plans/actions.ts';
const TEAM = 'app/operator/teams/[team]/actions.ts';

const plans = () => '/operator/plans';
const ofTeam = ({ team }: FullTeam) => `/operator/teams/${team.teamSlug}`;
const figures = {
  ...{ dailyQuota: '9000', burstRequests: '90', burstWindowSeconds: '9', retentionDays: '9' },
  ...{ membersMax: '', applicationsMax: '' },
};
const document = JSON.stringify({
  ...{ openapi: '3.1.0', info: { title: 'Imported', version: '1' } },
  paths: { '/a': { get: { responses: { 200: { description: 'Fine' } } } } },
});

/** A separate API for each case. Its names belong to the team. */
const spareApi: Act['prepare'] = async (db, { team }) => {
  const [api] = await db
    .insert(apis)
    .values({
      ...{ slug: team.teamSlug, title: 'Spare', openapi: '3.1.0', document: '{}' },
      upstreamUrl: 'http://127.0.0.1:1',
    })
    .returning();
  await db.insert(endpoints).values({ id: team.teamId, apiId: api!.id, method: 'GET', path: '/spare' });
};

/** A change of the team's log retention that can be undone. Its ID is the team's. */
const loweredRetention: Act['prepare'] = async (db, { team }) => {
  await db.update(teams).set({ retentionDays: 9 }).where(eq(teams.id, team.teamId));
  await db.insert(retentionChanges).values({
    ...{ id: team.teamId, cause: 'team_limits', teamId: team.teamId, daysBefore: 90, daysAfter: 9 },
    ...{ requests: 0, actor: 'operator', dueAt: new Date(Date.now() + 86_400_000) },
  });
};

export const OPERATING: Act[] = [
  operatorPage(() => '/operator'),
  operatorPage(() => '/operator/teams'),
  operatorPage(ofTeam),
  operatorPage(plans),
  operatorPage(() => '/operator/jobs'),
  operatorPage(() => '/operator/health'),
  operatorPage(() => '/operator/import'),
  operatorPage(() => '/operator/apis/stub'),
  operate('define a plan', `${PLANS}#definePlanAction`, plans, () => ({
    ...{ ...figures, name: `Plan ${crypto.randomUUID().slice(0, 8)}`, description: '' },
  })),
  operate('change a plan', `${PLANS}#definePlanAction`, plans, ({ plan }) => ({
    ...{ ...figures, planId: plan.id, name: plan.name, description: 'Changed' },
  })),
  operate('make a plan the default', `${PLANS}#makeDefaultPlanAction`, plans, ({ plan }) => ({
    planId: plan.id,
  })),
  operate('remove a plan', `${PLANS}#removePlanAction`, plans, ({ sparePlan }) => ({ planId: sparePlan.id })),
  operate('put a team on a plan', `${TEAM}#assignPlanAction`, ofTeam, ({ team, sparePlan }) => ({
    ...{ teamId: team.teamId, planId: sparePlan.id },
  })),
  operate('agree limits with a team', `${TEAM}#setLimitsAction`, ofTeam, ({ team }) => ({
    ...{ ...figures, teamId: team.teamId },
  })),
  operate(
    'set the quota of a team',
    `${OPERATOR}#setDailyQuotaAction`,
    () => '/operator/teams',
    ({ team }) => ({ teamId: team.teamId, dailyQuota: '77' }),
  ),
  operate(
    'undo a change of log retention',
    'app/operator/retention-actions.ts#undoRetentionChangeAction',
    ofTeam,
    ({ team }) => ({ changeId: team.teamId }),
    loweredRetention,
  ),
  operate(
    'run a job now',
    'app/operator/jobs/actions.ts#runJobAction',
    () => '/operator/jobs',
    () => ({ name: 'pruning' }),
  ),
  operate(
    'mark an endpoint as Production only',
    'app/operator/apis/[api]/production-only-action.ts#setProductionOnlyAction',
    () => '/operator/apis/stub',
    ({ team }) => ({ endpointId: team.teamId, productionOnly: 'true' }),
    spareApi,
  ),
  operate(
    'change how clients use an API',
    'app/operator/apis/[api]/client-settings-action.ts#setClientSettingsAction',
    () => '/operator/apis/stub',
    ({ team }) => ({
      slug: team.teamSlug,
      headerMode: 'only',
      headerNames: 'X-Tenant',
      browserAccess: 'false',
      keyMethod: 'bearer',
      keyHeader: '',
      redirectHosts: '',
    }),
    spareApi,
  ),
  operate(
    'remove an API',
    `${OPERATOR}#removeApiAction`,
    () => '/operator/apis/stub',
    ({ team }) => ({ slug: team.teamSlug }),
    spareApi,
  ),
  operate(
    'import an API',
    `${OPERATOR}#importApiAction`,
    () => '/operator/import',
    ({ team }) => ({ source: document, slug: team.teamSlug, upstream: 'http://127.0.0.1:1' }),
  ),
];
