'use client';

import { Ellipsis, ShieldCheck } from 'lucide-react';
import { useRef, useState } from 'react';
import type { ListedCredential } from '#lib/credentials/list-credentials.ts';
import { IconButton } from '../../../../../_components/button.tsx';
import { CopyButton } from '../../../../../_components/copy-button.tsx';
import { DateTime } from '../../../../../_components/date-time.tsx';
import { Menu, MenuItem } from '../../../../../_components/menu.tsx';
import { Switch } from '../../../../../_components/switch.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '../../../../../_components/table.tsx';
import { environmentLabel } from '../../_keys/environments.ts';
import { restrictionsText } from '../../_keys/restrictions-text.ts';
import { RestrictionsDialog } from './restrictions-dialog.tsx';
import { StatusBadge } from './status-badge.tsx';
import { StatusDialog } from './status-dialog.tsx';

/** The key whose restrictions are open, and the button that opened them. */
type Restricted = { credential: ListedCredential; opener: HTMLElement | null };

export function CredentialsTable({
  team,
  credentials,
  mayRestrict,
  currentIp,
}: {
  team: string;
  credentials: ListedCredential[];
  mayRestrict: boolean;
  currentIp: string | null;
}) {
  const [chosen, setChosen] = useState<ListedCredential | null>(null);
  const [restricted, setRestricted] = useState<Restricted | null>(null);
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
            {mayRestrict && (
              <Th className="sm:right-0 sm:z-20">
                <span className="sr-only">Actions</span>
              </Th>
            )}
          </Tr>
        </THead>
        <TBody>
          {credentials.map((credential) => (
            <Row
              key={credential.keyId}
              credential={credential}
              onToggle={() => setChosen(credential)}
              onRestrict={mayRestrict ? (opener) => setRestricted({ credential, opener }) : undefined}
            />
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
      {restricted && (
        <RestrictionsDialog
          team={team}
          {...restricted}
          currentIp={currentIp}
          onClose={() => setRestricted(null)}
        />
      )}
    </>
  );
}

function Row({
  credential,
  onToggle,
  onRestrict,
}: {
  credential: ListedCredential;
  onToggle: () => void;
  onRestrict: ((opener: HTMLElement | null) => void) | undefined;
}) {
  const { name, status, keyId } = credential;
  const menu = useRef<HTMLButtonElement>(null);
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
          {restrictionsText(credential) && (
            <span className="block text-sm text-muted">{restrictionsText(credential)}</span>
          )}
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
      {onRestrict && (
        // In sight however wide the table is.
        <Td label="" align="right" className="sm:sticky sm:right-0 sm:bg-surface">
          {status !== 'revoked' && (
            <Menu
              label={`Actions for ${name}`}
              trigger={
                <IconButton ref={menu} label={`Actions for ${name}`}>
                  <Ellipsis aria-hidden="true" />
                </IconButton>
              }
            >
              <MenuItem icon={<ShieldCheck aria-hidden="true" />} onSelect={() => onRestrict(menu.current)}>
                Restrictions
              </MenuItem>
            </Menu>
          )}
        </Td>
      )}
    </Tr>
  );
}
