import { Boxes } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LinkButton } from '#app/_components/button.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { EmptyState } from '#app/_components/empty-state.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { listApis } from '#lib/catalog/list-apis.ts';
import { formatNumber } from '#lib/format.ts';

export const metadata: Metadata = { title: 'APIs' };

export default async function ApisPage() {
  const apis = await listApis({ db: database(), operator: await requireOperator() });
  const add = (
    <LinkButton href="/operator/import" variant="primary">
      Import API
    </LinkButton>
  );
  return (
    <>
      <PageHeader
        title="APIs"
        description="The APIs your partners can use, imported from OpenAPI documents."
        actions={apis.length > 0 && add}
      />
      {apis.length === 0 ? (
        <EmptyState
          icon={<Boxes />}
          title="No APIs yet"
          description="Import your API’s OpenAPI document. Each operation becomes an endpoint that apps can connect to."
          action={add}
        />
      ) : (
        <Table label="APIs">
          <THead>
            <Tr>
              <Th>API</Th>
              <Th>Version</Th>
              <Th align="right">Endpoints</Th>
              <Th align="right">Connected apps</Th>
              <Th>Upstream</Th>
              <Th>Updated</Th>
            </Tr>
          </THead>
          <TBody>
            {apis.map((api) => (
              <Tr key={api.slug}>
                <Td label="API">
                  <Link
                    href={`/operator/apis/${api.slug}`}
                    className="font-medium underline-offset-4 hover:underline"
                  >
                    {api.title}
                  </Link>{' '}
                  <code className="font-mono text-sm text-muted">/{api.slug}</code>
                </Td>
                <Td label="Version">{api.version || '—'}</Td>
                <Td label="Endpoints" align="right">
                  {formatNumber(api.endpoints)}
                </Td>
                <Td label="Connected apps" align="right">
                  {formatNumber(api.applications)}
                </Td>
                <Td label="Upstream" mono>
                  {api.upstreamUrl}
                </Td>
                <Td label="Updated">
                  <DateTime value={api.updatedAt} format="relative" />
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
      )}
    </>
  );
}
