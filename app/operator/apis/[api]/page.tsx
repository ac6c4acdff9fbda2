import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Badge } from '#app/_components/badge.tsx';
import { LinkButton } from '#app/_components/button.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { DefinitionList } from '#app/_components/definition-list.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database } from '#db/client.ts';
import { readApi } from '#lib/catalog/read-api.ts';
import { ENVIRONMENT_LABELS } from '#lib/credentials/environment-labels.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { ClientSettingsCard } from './client-settings.tsx';
import { ProductionOnlySwitch } from './production-only-switch.tsx';
import { RemoveApi } from './remove-api.tsx';

export const metadata: Metadata = { title: 'API' };

type Props = { params: Promise<{ api: string }>; searchParams: Promise<{ q?: string }> };

export default async function ApiPage({ params, searchParams }: Props) {
  const operator = await requireOperator();
  const api = await readApi({ db: database(), operator }, { slug: (await params).api });
  if (!api) notFound();
  const { q = '' } = await searchParams;
  const wanted = String(q).toLowerCase();
  const list = api.list.filter((row) =>
    `${row.method} ${row.path} ${row.summary} ${row.tag}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <PageHeader
        title={api.title}
        description={`${formatCount(api.endpoints, 'endpoint')}, connected to ${formatCount(api.applications, 'app')}.`}
        actions={
          <>
            <LinkButton href="/operator/import">Import again</LinkButton>
            <RemoveApi slug={api.slug} title={api.title} applications={api.applications} />
          </>
        }
      />
      <div className="flex flex-col gap-6">
        <Card title="Upstreams">
          <DefinitionList
            items={[
              { term: 'Gateway path', value: <code className="font-mono">/{api.slug}/…</code> },
              {
                term: ENVIRONMENT_LABELS.production,
                value: <code className="font-mono break-all">{api.upstreamUrl}</code>,
              },
              {
                term: ENVIRONMENT_LABELS.development,
                value: (
                  <code className="font-mono break-all">
                    {api.upstreamDevelopmentUrl ?? 'Same as Production'}
                  </code>
                ),
              },
              {
                term: ENVIRONMENT_LABELS.staging,
                value: (
                  <code className="font-mono break-all">
                    {api.upstreamStagingUrl ?? 'Same as Production'}
                  </code>
                ),
              },
              {
                term: 'Upstream header',
                value: api.upstreamHeaderName ? `${api.upstreamHeaderName}, stored encrypted` : 'None',
              },
              { term: 'Updated', value: <DateTime value={api.updatedAt} /> },
            ]}
          />
        </Card>
        <ClientSettingsCard slug={api.slug} settings={api} />
        <section>
          <form noValidate className="mb-3 flex max-w-[560px] items-end gap-2">
            <label className="flex-1">
              <span className="sr-only">Search endpoints</span>
              <input
                type="search"
                name="q"
                defaultValue={q}
                placeholder="Search endpoints"
                className="control"
              />
            </label>
          </form>
          <Table label="Endpoints">
            <THead>
              <Tr>
                <Th>Endpoint</Th>
                <Th>Summary</Th>
                <Th>Tag</Th>
                <Th align="right">Apps</Th>
                <Th>Production only</Th>
                <Th>Status</Th>
              </Tr>
            </THead>
            <TBody>
              {list.slice(0, 500).map((row) => (
                <Tr key={row.id}>
                  <Td label="Endpoint" mono>
                    <span className="flex items-center gap-2">
                      <MethodBadge method={row.method} /> {row.path}
                    </span>
                  </Td>
                  <Td label="Summary">{row.summary}</Td>
                  <Td label="Tag">{row.tag}</Td>
                  <Td label="Apps" align="right">
                    {row.applications}
                  </Td>
                  <Td label="Production only">
                    {!row.gone && (
                      <ProductionOnlySwitch
                        endpointId={row.id}
                        endpoint={`${row.method} ${row.path}`}
                        productionOnly={row.productionOnly}
                      />
                    )}
                  </Td>
                  <Td label="Status">
                    {row.gone ? (
                      <Badge tone="danger">Removed</Badge>
                    ) : row.deprecated ? (
                      <Badge tone="warning">Deprecated</Badge>
                    ) : (
                      <Badge tone="success">Live</Badge>
                    )}
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
          {list.length > 500 && (
            <p className="mt-2 text-muted">
              Showing the first 500 of {formatNumber(list.length)}. Search to find others.
            </p>
          )}
          {list.length === 0 && <p className="mt-2 text-muted">No endpoints match your search.</p>}
        </section>
      </div>
    </>
  );
}
