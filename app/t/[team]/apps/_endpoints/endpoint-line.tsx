import { Badge } from '#app/_components/badge.tsx';
import { MethodBadge } from '#app/_components/method-badge.tsx';
import type { PickableEndpoint } from './group-endpoints.ts';

/** An endpoint in a list: method, path, summary, and badges. Its parent is a row. */
export function EndpointLine({ endpoint }: { endpoint: PickableEndpoint }) {
  const { method, path, summary, productionOnly, deprecated, gone } = endpoint;
  return (
    <>
      <MethodBadge method={method} />
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
        <span className="font-mono text-sm break-all">{path}</span>
        <span className="min-w-0 text-sm break-words text-muted">{summary}</span>
      </span>
      {productionOnly && !gone && <Badge tone="info">Production only</Badge>}
      {deprecated && !gone && <Badge tone="warning">Deprecated</Badge>}
      {gone && <Badge tone="danger">Removed</Badge>}
    </>
  );
}
