import { Badge } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import { Table, TBody, Td, THead, Th, Tr } from '#app/_components/table.tsx';
import { formatBytes, formatNumber } from '#lib/format.ts';
import type { GatewayNode } from '#lib/gateway/read-health.ts';

/** Every gateway process: where it runs, its lease, and what it last reported. */
export function Gateways({ nodes }: { nodes: readonly GatewayNode[] }) {
  if (nodes.length === 0) return null;
  return (
    <Table label="Gateways">
      <THead>
        <Tr>
          <Th>Gateway</Th>
          <Th>Process</Th>
          <Th>Started</Th>
          <Th>State</Th>
          <Th>Spool</Th>
          <Th>Last error</Th>
          <Th>Restarts</Th>
        </Tr>
      </THead>
      <TBody>
        {nodes.map((node) => (
          <Tr key={node.id}>
            <Td label="Gateway">
              <span className="font-mono text-xs">{node.id}</span>
              <div className="text-muted">{node.mount === 'node' ? 'Own port' : 'Inside the portal'}</div>
            </Td>
            <Td label="Process">
              {node.pid} on {node.host}
            </Td>
            <Td label="Started">
              <DateTime value={node.startedAt} format="relative" />
            </Td>
            <Td label="State">
              <NodeState node={node} />
            </Td>
            <Td label="Spool">
              <Spool node={node} />
            </Td>
            <Td label="Last error" className="max-w-72 break-words">
              {node.report?.lastError ? (
                <>
                  {node.report.lastError}
                  {node.report.lastErrorAt && (
                    <div className="text-muted">
                      <DateTime value={node.report.lastErrorAt} format="relative" />
                    </div>
                  )}
                </>
              ) : (
                'None'
              )}
            </Td>
            <Td label="Restarts">{node.report ? formatNumber(node.report.restarts) : '–'}</Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function NodeState({ node }: { node: GatewayNode }) {
  if (!node.isLive)
    return (
      <>
        <Badge tone="danger">Not responding</Badge>
        <div className="mt-1 text-muted">
          Lease expired <DateTime value={node.leaseUntil} format="relative" />
        </div>
      </>
    );
  if (node.report && !node.report.spoolWritable) return <Badge tone="danger">Can’t record</Badge>;
  return node.upToDate ? <Badge tone="success">Up to date</Badge> : <Badge tone="warning">Catching up</Badge>;
}

function Spool({ node: { report } }: { node: GatewayNode }) {
  if (!report) return <>Not reported yet</>;
  return (
    <>
      {formatBytes(report.spoolBytes)}
      {report.oldestLineAt && (
        <div className="text-muted">
          Oldest <DateTime value={report.oldestLineAt} format="relative" />
        </div>
      )}
      {report.quarantinedSegments > 0 && (
        <div className="text-danger">
          {formatNumber(report.quarantinedSegments)} rejected, {formatBytes(report.quarantinedBytes)}
        </div>
      )}
    </>
  );
}
