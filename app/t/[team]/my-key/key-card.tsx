'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { Switch } from '#app/_components/switch.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { StatusBadge } from '#app/_keys/status-badge.tsx';
import { StatusDialog } from '#app/_keys/status-dialog.tsx';
import type { OwnKey } from '#lib/credentials/read-own-key.ts';
import { formatNumber } from '#lib/format.ts';
import { Regenerate } from './regenerate.tsx';
import type { NewKey, Usage } from './types.ts';

/** "API-KEY": the key without its secret, and its actions. */
export function KeyCard({
  team,
  ownKey,
  usage,
  onRegenerated,
}: {
  team: string;
  ownKey: OwnKey;
  usage: Usage;
  onRegenerated: (newKey: NewKey) => void;
}) {
  const router = useRouter();
  const [changing, setChanging] = useState(false);
  return (
    <Card
      title="API-KEY"
      description="Send both keys, or only the secret key, with every request."
      actions={
        <>
          <LinkButton href={`/t/${team}/incidents/new?key=${ownKey.keyId}`}>Key compromised?</LinkButton>
          <LinkButton href={`/t/${team}/api-keys/${ownKey.keyId}/rotation`}>Rotate with overlap</LinkButton>
          <Regenerate team={team} ownKey={ownKey} onRegenerated={onRegenerated} />
        </>
      }
    >
      <DefinitionList
        items={[
          {
            term: 'Shared Key',
            value: (
              <span className="flex flex-wrap items-center gap-2">
                <code className="font-mono text-sm break-all">{ownKey.sharedKey}</code>
                <CopyButton value={ownKey.sharedKey} name="Shared Key" />
              </span>
            ),
          },
          {
            term: 'Secret Key',
            value: (
              <>
                <code className="font-mono text-sm break-all">{ownKey.secretMask}</code>
                <span className="block text-sm text-muted">
                  Shown only once. Lost it? Regenerate the key.
                </span>
              </>
            ),
          },
          { term: 'Environment', value: environmentLabel(ownKey.environment) },
          {
            term: 'Status',
            value: (
              <span className="flex items-center gap-2.5">
                <Switch
                  checked={ownKey.status === 'active'}
                  onCheckedChange={() => setChanging(true)}
                  label="Active: my API key"
                />
                <StatusBadge status={ownKey.expired ? 'expired' : ownKey.status} />
              </span>
            ),
          },
          { term: 'Created', value: <DateTime value={ownKey.createdAt} /> },
          {
            term: 'Expires',
            value: ownKey.expiresAt ? <DateTime value={ownKey.expiresAt} /> : 'Never',
          },
          {
            term: 'Last used',
            value: ownKey.lastUsedAt ? <DateTime value={ownKey.lastUsedAt} format="relative" /> : 'Never',
          },
          {
            term: 'Requests today',
            value: `${formatNumber(usage.requestsToday)} of the team’s ${formatNumber(usage.dailyQuota)} a day (UTC)`,
          },
        ]}
      />
      {changing && (
        <StatusDialog
          team={team}
          credential={ownKey}
          onClose={() => {
            setChanging(false);
            router.refresh();
          }}
        />
      )}
    </Card>
  );
}
