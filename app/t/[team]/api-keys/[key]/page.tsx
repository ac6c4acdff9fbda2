import Link from 'next/link';
import type { ReactNode } from 'react';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { Sparkline } from '#app/_components/sparkline.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { Exposures } from '#app/_keys/exposures.tsx';
import { Owner } from '#app/_keys/owner.tsx';
import { StatusControl } from '#app/_keys/status-control.tsx';
import { weekText } from '#app/_keys/usage-cell.tsx';
import type { Credential } from '#lib/credentials/read-credential.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { type KeyParams, loadKey } from './load-key.ts';

export default async function KeyPage({ params }: { params: KeyParams }) {
  const { member, key, base } = await loadKey(params);
  const team = `/t/${member.teamSlug}`;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <Card title="Key">
        <DefinitionList
          items={[
            { term: 'Status', value: <StatusControl team={member.teamSlug} credential={key} /> },
            { term: 'Shared Key', value: <Copied value={key.sharedKey} name="Shared Key" /> },
            {
              term: 'Secret Key',
              value: (
                <>
                  <code className="font-mono text-sm break-all">{key.secretMask}</code>
                  <span className="block text-sm text-muted">Shown only once. Lost it? Rotate the key.</span>
                </>
              ),
            },
            { term: 'Credential ID', value: <Copied value={key.keyId} name="Credential ID" /> },
            { term: 'Environment', value: environmentLabel(key.environment) },
            {
              term: 'Application',
              value: (
                <Link href={`${team}/apps/${key.appId}/keys`} className="underline underline-offset-4">
                  {key.appTitle}
                </Link>
              ),
            },
            { term: 'Owner', value: <Owner row={key} actorId={member.memberId} /> },
            { term: 'Created', value: <DateTime value={key.createdAt} /> },
            { term: 'Expires', value: key.expiresAt ? <DateTime value={key.expiresAt} /> : 'Never' },
            { term: 'Rotation', value: rotation(key, team) },
          ]}
        />
      </Card>
      <div className="flex min-w-0 flex-col gap-5">
        <UsageCard credential={key} team={team} />
        <Card
          title="Restrictions"
          actions={
            <Link href={`${base}/restrictions`} className="text-sm underline underline-offset-4">
              Change
            </Link>
          }
        >
          <dl className="flex flex-col gap-3">
            <Limit term="Allowed IPs">{entries(key.allowedIps, 'All')}</Limit>
            <Limit term="Allowed domains">{entries(key.allowedDomains, 'All')}</Limit>
            {key.allowedDomains.length > 0 && (
              <Limit term="Requests without a domain">{key.originRequired ? 'Rejected' : 'Accepted'}</Limit>
            )}
            <Limit term="Daily limit">
              {key.dailyLimit === null ? 'None' : formatCount(key.dailyLimit, 'request')}
            </Limit>
          </dl>
        </Card>
        <Exposures member={member} keyId={key.keyId} />
      </div>
    </div>
  );
}

function Limit({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-muted">{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function UsageCard({ credential, team }: { credential: Credential; team: string }) {
  const { requests, errors, refused, days, lastUsedAt, keyId } = credential;
  return (
    <Card
      title="Usage"
      actions={
        <Link href={`${team}/logs?key=${keyId}`} className="text-sm underline underline-offset-4">
          View requests
        </Link>
      }
    >
      <div className="flex flex-col gap-4">
        <div className="grid grid-cols-3 gap-3">
          <Stat label="Requests" value={formatNumber(requests)} />
          <Stat label="Errors" value={formatNumber(errors)} />
          <Stat label="Rejected" value={formatNumber(refused)} />
        </div>
        <Sparkline values={days} label={weekText(days)} />
        <p className="text-sm text-muted">
          Last 7 days. Last used{' '}
          {lastUsedAt ? <DateTime value={lastUsedAt} format="relative" /> : <span>never</span>}.
        </p>
      </div>
    </Card>
  );
}

function Copied({ value, name }: { value: string; name: string }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <code className="font-mono text-sm break-all">{value}</code>
      <CopyButton value={value} name={name} />
    </span>
  );
}

function rotation(key: Credential, team: string): ReactNode {
  const { rotatedAt, successorKeyId, predecessorKeyId, rotationDays } = key;
  const link = (keyId: string, label: string) => (
    <Link href={`${team}/api-keys/${keyId}`} className="underline underline-offset-4">
      {label}
    </Link>
  );
  return (
    <>
      {successorKeyId && rotatedAt && (
        <span className="block">
          Replaced on <DateTime value={rotatedAt} format="date" /> by {link(successorKeyId, 'a newer key')}
        </span>
      )}
      {predecessorKeyId && <span className="block">Replaced {link(predecessorKeyId, 'an older key')}</span>}
      {!successorKeyId && (
        <span className="block">
          {rotationDays === null ? 'No rotation policy' : `Rotate after ${rotationDays} days`}
        </span>
      )}
    </>
  );
}

function entries(list: readonly string[], none: string): ReactNode {
  if (list.length === 0) return none;
  return (
    <ul className="font-mono text-sm break-all">
      {list.map((entry) => (
        <li key={entry}>{entry}</li>
      ))}
    </ul>
  );
}
