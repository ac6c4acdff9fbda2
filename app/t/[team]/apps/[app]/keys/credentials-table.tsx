'use client';

import { useState } from 'react';
import type { ListedCredential } from '#lib/credentials/list-credentials.ts';
import { CopyButton } from '../../../../../_components/copy-button.tsx';
import { DateTime } from '../../../../../_components/date-time.tsx';
import { Switch } from '../../../../../_components/switch.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '../../../../../_components/table.tsx';
import { environmentLabel } from '../../_keys/environments.ts';
import { StatusBadge } from './status-badge.tsx';
import { StatusDialog } from './status-dialog.tsx';

export function CredentialsTable({ team, credentials }: { team: string; credentials: ListedCredential[] }) {
  const [chosen, setChosen] = useState<ListedCredential | null>(null);
  return (
    <>
      <Table label="API Credentials">
        <THead>
          <Tr>
            <Th>Status</Th>
            <Th>Name</Th>
            <Th>Environment</Th>
            <Th>Shared Key</Th>
            <Th>Secret Key</Th>
            <Th>Creation Date</Th>
            <Th>Last used</Th>
            <Th align="right">Total requests</Th>
            <Th align="right">Errors</Th>
            <Th>Expires</Th>
            <Th>Credential ID</Th>
          </Tr>
        </THead>
        <TBody>
          {credentials.map((credential) => (
            <Row key={credential.keyId} credential={credential} onToggle={() => setChosen(credential)} />
          ))}
        </TBody>
      </Table>
      {chosen && (
        <StatusDialog
          key={chosen.keyId + chosen.status}
          team={team}
          credential={chosen}
          onClose={() => setChosen(null)}
        />
      )}
    </>
  );
}

function Row({ credential, onToggle }: { credential: ListedCredential; onToggle: () => void }) {
  const { name, status, keyId } = credential;
  return (
    <Tr>
      <Td>
        <span className="flex items-center gap-2.5">
          <Switch
            checked={status === 'active'}
            onCheckedChange={onToggle}
            label={`Active: ${name}`}
            disabled={status === 'expired' || status === 'revoked'}
          />
          <StatusBadge status={status} />
        </span>
      </Td>
      <Td className="max-w-64 min-w-44">
        <span className="line-clamp-2 font-medium break-words">{name}</span>
        {credential.description && (
          <span className="line-clamp-1 text-sm text-muted" title={credential.description}>
            {credential.description}
          </span>
        )}
      </Td>
      <Td>{environmentLabel(credential.environment)}</Td>
      <Td mono className="whitespace-nowrap">
        <span className="flex items-center gap-2">
          {credential.sharedKey}
          <CopyButton value={credential.sharedKey} name={`Shared Key of ${name}`} variant="ghost" />
        </span>
      </Td>
      <Td mono className="whitespace-nowrap">
        {credential.secretMask}
      </Td>
      <Td>
        <DateTime value={credential.createdAt} />
      </Td>
      <Td>
        {credential.lastUsedAt ? (
          <DateTime value={credential.lastUsedAt} format="relative" />
        ) : (
          <span className="text-faint">Never</span>
        )}
      </Td>
      <Td align="right">{credential.requests.toLocaleString('en-US')}</Td>
      <Td align="right">{credential.errors.toLocaleString('en-US')}</Td>
      <Td className="whitespace-nowrap">
        {credential.expiresAt ? (
          <DateTime value={credential.expiresAt} />
        ) : (
          <span className="text-faint">Never</span>
        )}
      </Td>
      <Td mono>{keyId}</Td>
    </Tr>
  );
}
