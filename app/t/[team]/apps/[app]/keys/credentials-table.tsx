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
            <Th>Shared Key</Th>
            <Th>Secret Key</Th>
            <Th>Creation Date</Th>
            <Th>Last used</Th>
            <Th align="right">Requests</Th>
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
      <Td label="Status">
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
      <Td label="Name" className="max-w-52 min-w-32">
        <div>
          <span className="line-clamp-2 font-medium break-words" title={credential.description || undefined}>
            {name}
          </span>
          <span className="block text-sm text-muted">{environmentLabel(credential.environment)}</span>
        </div>
      </Td>
      <Td label="Shared Key" mono className="whitespace-nowrap">
        <span className="flex items-center gap-1">
          <span className="break-all">{credential.sharedKey}</span>
          <CopyButton iconOnly value={credential.sharedKey} name={`Shared Key of ${name}`} variant="ghost" />
        </span>
      </Td>
      <Td label="Secret Key" mono className="whitespace-nowrap">
        {credential.secretMask}
      </Td>
      <Td label="Creation Date" className="whitespace-nowrap">
        <div>
          <DateTime value={credential.createdAt} format="date" />
          {credential.expiresAt && (
            <span className="block text-sm text-muted">
              Expires <DateTime value={credential.expiresAt} format="date" />
            </span>
          )}
        </div>
      </Td>
      <Td label="Last used" className="whitespace-nowrap">
        {credential.lastUsedAt ? (
          <DateTime value={credential.lastUsedAt} format="relative" />
        ) : (
          <span className="text-faint">Never</span>
        )}
      </Td>
      <Td label="Requests" align="right" className="whitespace-nowrap">
        <div>
          {credential.requests.toLocaleString('en-US')}
          {credential.errors > 0 && (
            <span className="block text-sm text-danger">
              {credential.errors.toLocaleString('en-US')} {credential.errors === 1 ? 'error' : 'errors'}
            </span>
          )}
        </div>
      </Td>
      <Td label="Credential ID" mono>
        {keyId}
      </Td>
    </Tr>
  );
}
