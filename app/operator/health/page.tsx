import type { Metadata } from 'next';
import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { PageHeader } from '#app/_components/page-header.tsx';
import { Stat } from '#app/_components/stat.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { requireOperator } from '#app/_http/session.ts';
import { database, pool } from '#db/client.ts';
import { readHealth } from '#lib/gateway/read-health.ts';
import { readDifferences } from '#lib/metering/read-differences.ts';
import { Reconciliations } from './reconciliations.tsx';

export const metadata: Metadata = { title: 'Health' };

export default async function HealthPage() {
  const operator = await requireOperator();
  const [health, differences] = await Promise.all([
    readHealth({ sql: pool(), operator }),
    readDifferences({ db: database(), operator }),
  ]);
  return (
    <>
      <PageHeader title="Health" description="Whether calls are admitted, recorded and mails sent." />
      <div className="flex flex-col gap-6">
        <Card>
          <div className="grid gap-6 sm:grid-cols-4">
            <Stat label="Gateways" value={health.nodes.length} hint="With a live lease" />
            <Stat
              label="Calls under way"
              value={health.openCalls.toLocaleString('en')}
              hint="Recorded, not yet ended"
            />
            <Stat
              label="Mails waiting"
              value={health.mailsWaiting}
              hint={
                health.oldestMailAt ? (
                  <>
                    Oldest <DateTime value={health.oldestMailAt} format="relative" />
                  </>
                ) : (
                  `${health.mailsFailed} given up`
                )
              }
            />
            <Stat label="PostgreSQL" value={health.serverVersion} hint={`Access epoch ${health.epoch}`} />
          </div>
        </Card>
        <Table label="Gateways">
          <THead>
            <Tr>
              <Th>Gateway</Th>
              <Th>Mount</Th>
              <Th>Process</Th>
              <Th>Started</Th>
              <Th>State</Th>
            </Tr>
          </THead>
          <TBody>
            {health.nodes.map((node) => (
              <Tr key={node.id}>
                <Td label="Gateway" mono>
                  {node.id}
                </Td>
                <Td label="Mount">{node.mount === 'node' ? 'Own port' : 'Inside the portal'}</Td>
                <Td label="Process">
                  {node.pid} on {node.host}
                </Td>
                <Td label="Started">
                  <DateTime value={node.startedAt} format="relative" />
                </Td>
                <Td label="State">
                  {node.upToDate ? (
                    <Badge tone="success">Up to date</Badge>
                  ) : (
                    <Badge tone="warning">Catching up</Badge>
                  )}
                </Td>
              </Tr>
            ))}
          </TBody>
        </Table>
        {health.nodes.length === 0 && (
          <p className="text-muted">No gateway is running: calls are answered by nobody.</p>
        )}
        <Reconciliations differences={differences} />
      </div>
    </>
  );
}
