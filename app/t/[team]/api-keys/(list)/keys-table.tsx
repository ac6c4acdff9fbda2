import Link from 'next/link';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import { KeyMenu } from '#app/_keys/key-menu.tsx';
import { KeyStatus } from '#app/_keys/key-status.tsx';
import { Owner } from '#app/_keys/owner.tsx';
import { restrictionsText } from '#app/_keys/restrictions-text.ts';
import { UsageCell } from '#app/_keys/usage-cell.tsx';
import type { Member } from '#lib/access/member.ts';
import type { KeyRow } from '#lib/credentials/key-rows.ts';
import type { KeysFilter } from '#lib/credentials/list-team-credentials.ts';
import { KeysSortHead } from './sort-head.tsx';

export function KeysTable({
  keys,
  filter,
  path,
  actor,
}: {
  keys: readonly KeyRow[];
  filter: KeysFilter;
  path: string;
  actor: Member;
}) {
  const head = { filter, path };
  return (
    <Table label="API Keys">
      <THead>
        <Tr>
          <KeysSortHead column="name" label="Name" {...head} />
          <Th>Status</Th>
          <Th>Application</Th>
          <Th>Environment</Th>
          <Th>Owner</Th>
          <KeysSortHead column="created" label="Created" {...head} />
          <KeysSortHead column="expires" label="Expires" {...head} />
          <KeysSortHead column="used" label="Last used" {...head} />
          <KeysSortHead column="requests" label="Usage" {...head} />
          <Th className="sm:right-0 sm:z-20">
            <span className="sr-only">Actions</span>
          </Th>
        </Tr>
      </THead>
      <TBody>
        {keys.map((key) => (
          <Row key={key.keyId} row={key} path={path} actor={actor} />
        ))}
      </TBody>
    </Table>
  );
}

function Row({ row, path, actor }: { row: KeyRow; path: string; actor: Member }) {
  const limited = restrictionsText(row);
  return (
    <Tr>
      <Td label="Name" className="max-w-60 min-w-40">
        <div>
          <Link
            href={`${path}/${row.keyId}`}
            className="line-clamp-2 font-medium break-words underline-offset-4 hover:underline"
          >
            {row.name}
          </Link>
          {row.description && (
            <span className="line-clamp-1 text-sm break-words text-muted" title={row.description}>
              {row.description}
            </span>
          )}
          <span className="block font-mono text-xs text-muted" title={row.sharedKey}>
            <span className="sr-only">Credential ID </span>
            {row.keyId}
          </span>
          {limited && <span className="block text-xs text-muted">{limited}</span>}
        </div>
      </Td>
      <Td label="Status">
        <div className="max-sm:[&>span]:items-end">
          <KeyStatus row={row} />
        </div>
      </Td>
      <Td label="Application" className="max-w-40 min-w-28">
        <div>
          <Link
            href={`/t/${actor.teamSlug}/apps/${row.appId}/keys`}
            className="line-clamp-2 break-words underline-offset-4 hover:underline"
          >
            {row.appTitle}
          </Link>
          {row.appArchivedAt && <span className="block text-xs text-muted">Archived</span>}
        </div>
      </Td>
      <Td label="Environment">{environmentLabel(row.environment)}</Td>
      <Td label="Owner" className="max-w-36 min-w-20">
        <Owner row={row} actorId={actor.memberId} />
      </Td>
      <Td label="Created" className="whitespace-nowrap">
        <DateTime value={row.createdAt} format="date" />
      </Td>
      <Td label="Expires" className="whitespace-nowrap">
        {row.expiresAt ? (
          <DateTime value={row.expiresAt} format="date" />
        ) : (
          <span className="text-muted">Never</span>
        )}
      </Td>
      <Td label="Last used" className="min-w-24">
        {row.lastUsedAt ? (
          <DateTime value={row.lastUsedAt} format="relative" />
        ) : (
          <span className="text-muted">Never</span>
        )}
      </Td>
      <Td label="Usage" className="whitespace-nowrap">
        <UsageCell row={row} />
      </Td>
      {/* Always visible, however wide the table is. */}
      <Td label="" align="right" className="w-0 pl-0! sm:sticky sm:right-0 sm:bg-surface">
        <KeyMenu
          team={actor.teamSlug}
          credential={row}
          rotates={row.memberId === null || row.memberId === actor.memberId}
        />
      </Td>
    </Tr>
  );
}
