import type { Metadata } from 'next';
import { Callout } from '#app/_components/callout.tsx';
import { Card } from '#app/_components/card.tsx';
import { RestrictionsForm } from '#app/_keys/restrictions-form.tsx';
import { type KeyParams, loadKey } from '#app/t/[team]/api-keys/[key]/load-key.ts';
import { database } from '#db/client.ts';
import { listConnectedEndpoints } from '#lib/applications/list-connected-endpoints.ts';
import { env } from '#lib/env.ts';
import { DailyLimitForm } from './daily-limit-form.tsx';
import { DryRun } from './dry-run.tsx';

export const metadata: Metadata = { title: 'Restrictions' };

export default async function RestrictionsPage({ params }: { params: KeyParams }) {
  const { member, key } = await loadKey(params);
  const team = member.teamSlug;
  if (key.status === 'revoked')
    return (
      <Callout title="Nothing to restrict">
        A revoked key is rejected everywhere. Its restrictions are on its overview.
      </Callout>
    );
  const connected = await listConnectedEndpoints({ db: database(), member }, { appId: key.appId });
  const endpoints = connected
    .filter((endpoint) => !endpoint.gone)
    .map(({ id, method, path, apiSlug }) => ({ value: id, label: `${method} /${apiSlug}${path}` }));
  return (
    <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_24rem]">
      <div className="flex min-w-0 flex-col gap-5">
        <Card
          title="Where this key can be used"
          description="Changes apply on every gateway as soon as you save."
        >
          <div className="flex flex-col gap-5">
            {env().TRUSTED_PROXIES.length === 0 && <AddressNotice />}
            <RestrictionsForm key={key.keyId} team={team} credential={key} currentIp={member.ip} />
          </div>
        </Card>
        <Card title="Daily limit" description="How much of the team’s quota this key can use per UTC day.">
          <DailyLimitForm team={team} credential={key} />
        </Card>
      </div>
      <DryRun team={team} keyId={key.keyId} currentIp={member.ip} endpoints={endpoints} />
    </div>
  );
}

/** What allowed IPs need if no trusted proxy reports addresses. */
function AddressNotice() {
  return (
    <Callout tone="info" title="How the client’s IP address is determined">
      The gateway process takes it from the connection. The gateway inside the portal’s web server knows an
      address only if a trusted proxy reports it, and none is configured. There, a key with allowed IPs is
      always rejected.
    </Callout>
  );
}
