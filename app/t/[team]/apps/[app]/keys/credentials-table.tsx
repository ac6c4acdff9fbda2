import Link from 'next/link';
import { CopyButton } from '#app/_components/copy-button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { KeyMenu } from '#app/_keys/key-menu.tsx';
import { restrictionsText } from '#app/_keys/restrictions-text.ts';
import { StatusControl } from '#app/_keys/status-control.tsx';
import { UsageCell } from '#app/_keys/usage-cell.tsx';
import type { Member } from '#lib/access/member.ts';
import type { KeyRow } from '#lib/credentials/key-rows.ts';

export function CredentialsTable({ credentials, actor }: { credentials: readonly KeyRow[]; actor: Member }) {
  return (
    // Narrow cells, so that all of them fit at 1280 px.
    <Table label="API Credentials" className="sm:[&_:is(td,th)]:px-2">
      <THead>
        <Tr>
          <Th>Status</Th>
          <Th>Name</Th>
          <Th>Shared Key</Th>
          <Th>Secret Key</Th>
          <Th>Creation Date</Th>
          <Th>Credential ID</Th>
          <Th>Last used</Th>
          <Th>Usage</Th>
          <Th className="sm:right-0 sm:z-20">
            <span className="sr-only">Actions</span>
          </Th>
        </Tr>
      </THead>
      <TBody>
        {credentials.map((credential) => (
          <Row key={credential.keyId} credential={credential} actor={actor} />
        ))}
      </TBody>
    </Table>
  );
}

function Row({ credential, actor }: { credential: KeyRow; actor: Member }) {
  const { name, keyId, expiresAt, lastUsedAt, memberId } = credential;
  const limited = restrictionsText(credential);
  const [prefix, lastFour] = credential.secretMask.split('…');
  return (
    <Tr>
      <Td label="Status" className="sm:[&_time]:whitespace-normal">
        <StatusControl team={actor.teamSlug} credential={credential} stacked />
      </Td>
      <Td label="Name" className="max-w-52 min-w-28">
        <div>
          <Link
            href={`/t/${actor.teamSlug}/api-keys/${keyId}`}
            title={credential.description || name}
            className="line-clamp-2 font-medium break-words underline-offset-4 hover:underline"
          >
            {name}
          </Link>
          <span className="block text-sm text-muted">{environmentLabel(credential.environment)}</span>
          {limited && <span className="block text-sm text-muted">{limited}</span>}
        </div>
      </Td>
      <Td label="Shared Key" mono className="sm:w-0 sm:pr-0!">
        <span className="flex items-center gap-1">
          <span>
            {credential.sharedKey.slice(0, -keyId.length)}
            <wbr />
            {keyId}
          </span>
          <CopyButton iconOnly value={credential.sharedKey} name={`Shared Key of ${name}`} variant="ghost" />
        </span>
      </Td>
      <Td label="Secret Key" mono className="sm:w-0">
        <span>
          {prefix}
          <wbr />
          <span className="whitespace-nowrap">…{lastFour}</span>
        </span>
      </Td>
      <Td label="Creation Date">
        <div>
          <DateTime value={credential.createdAt} format="date" />
          {expiresAt && (
            <span className="block text-sm text-muted">
              Expires <DateTime value={expiresAt} format="date" />
            </span>
          )}
        </div>
      </Td>
      <Td label="Credential ID" mono className="sm:w-0">
        {keyId}
      </Td>
      <Td label="Last used" className="sm:min-w-25 [&_time]:whitespace-normal">
        {lastUsedAt ? (
          <DateTime value={lastUsedAt} format="relative" />
        ) : (
          <span className="text-muted">Never</span>
        )}
      </Td>
      <Td label="Usage" className="whitespace-nowrap sm:w-0">
        <UsageCell row={credential} stacked />
      </Td>
      {/* Always visible, however wide the table is. */}
      <Td label="" align="right" className="w-0 pl-0! sm:sticky sm:right-0 sm:bg-surface">
        <KeyMenu
          team={actor.teamSlug}
          credential={credential}
          rotates={memberId === null || memberId === actor.memberId}
        />
      </Td>
    </Tr>
  );
}
