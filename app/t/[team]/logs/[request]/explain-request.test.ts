import { expect, test } from 'vitest';
import type { Db } from '#db/client.ts';
import { applicationEndpoints } from '#db/schema/applications.ts';
import { readRequest } from '#lib/request-log/read-request.ts';
import { anApi } from '#tests/support/catalog-rows.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { aCall } from '#tests/support/usage-rows.ts';
import { explainRequest } from './explain-request.ts';

async function aScene(db: Db) {
  const owner = await aMember(db, 'owner');
  const member = await aMember(db, 'member', owner);
  const app = await anApplication(db, owner);
  const api = await anApi(db, ['GET /cities/{id}']);
  const endpointId = api.endpointIds[0]!;
  await db.insert(applicationEndpoints).values({ teamId: owner.teamId, applicationId: app.id, endpointId });
  const key = await aCredential(db, app, { memberId: member.memberId, allowedIps: ['192.0.2.0/24'] });
  const explain = async (who: typeof owner, values: Parameters<typeof aCall>[2]) => {
    const { id } = await aCall(db, key, {
      endpointId,
      apiId: api.id,
      path: `/${api.slug}/cities/7`,
      ...values,
    });
    const request = await readRequest({ db, member: who }, { id });
    const trace = await explainRequest({ db, member: who }, request!);
    const failed = trace!.steps.filter(({ outcome }) => outcome === 'failed');
    return { refusal: trace!.refusal, failed: failed.map(({ step }) => step), steps: trace!.steps };
  };
  return { owner, member, explain };
}

test(
  'a rejected request failed at the recorded step, for the key’s member and for the owner',
  withDb(async (db) => {
    const { owner, member, explain } = await aScene(db);
    const refused = {
      outcome: 'refused',
      status: 403,
      reason: 'ip_not_allowed',
      clientIp: '198.51.100.1',
    } as const;

    for (const who of [owner, member])
      expect(await explain(who, refused)).toMatchObject({ refusal: 'ip_not_allowed', failed: ['address'] });
    // The address is allowed now, but the recorded reason counts.
    const { steps } = await explain(owner, { ...refused, clientIp: '192.0.2.7' });
    expect(steps.find(({ step }) => step === 'address')).toMatchObject({ outcome: 'failed' });
  }),
);

test(
  'a member’s daily limit isn’t mistaken for a suspension',
  withDb(async (db) => {
    const { owner, explain } = await aScene(db);

    const { steps } = await explain(owner, {
      outcome: 'refused',
      status: 429,
      reason: 'member_limit_exceeded',
    });

    expect(steps.filter(({ step }) => step === 'member').map(({ outcome }) => outcome)).toEqual([
      'passed',
      'failed',
    ]);
  }),
);

test(
  'a forwarded request has no failed step, even if the upstream failed',
  withDb(async (db) => {
    const { owner, explain } = await aScene(db);

    expect(await explain(owner, {})).toMatchObject({ refusal: null, failed: [] });
    const late = { status: 504, reason: 'upstream_timeout' };
    expect(await explain(owner, late)).toMatchObject({ refusal: null, failed: [] });
    // Unknown endpoints and invalid paths are explained too.
    const unknown = {
      outcome: 'refused',
      status: 404,
      reason: 'unknown_endpoint',
      endpointId: null,
    } as const;
    for (const path of ['/nowhere/at/all', '', '/'])
      expect(await explain(owner, { ...unknown, path })).toMatchObject({ failed: ['endpoint'] });
  }),
);
