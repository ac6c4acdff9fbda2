import type { ServerResponse } from 'node:http';
import type { Gateway } from './create-gateway.ts';

export type ReadHealth = () => {
  ready: boolean;
  detail: Record<string, unknown>;
  /** More lines of the metrics page. */
  metrics?: readonly string[];
};

export const isHealthPath = (target: string): boolean => target.startsWith('/_/');

/** The health pages of the node mount. `closes` closes the connection after the response. */
export function serveHealth(
  target: string,
  gateway: Pick<Gateway, 'metrics'>,
  health: ReadHealth,
  closes: boolean,
  response: ServerResponse,
): void {
  const respond = (status: number, type: string, body: string) => {
    response.writeHead(status, {
      'Content-Type': type,
      'Cache-Control': 'no-store',
      ...(closes ? { Connection: 'close' } : {}),
    });
    response.end(body);
  };
  if (target === '/_/healthz') return respond(200, 'text/plain', 'ok\n');
  if (target === '/_/readyz') {
    const { ready, detail } = health();
    return respond(ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, ...detail })}\n`);
  }
  if (target === '/_/metrics')
    return respond(200, 'text/plain; version=0.0.4', metricsText(gateway, health().metrics ?? []));
  respond(404, 'text/plain', 'not found\n');
}

/** Prometheus text exposition format 0.0.4. */
function metricsText(gateway: Pick<Gateway, 'metrics'>, more: readonly string[]): string {
  const { calls, refusals } = gateway.metrics();
  return [
    '# TYPE latchkey_calls_total counter',
    `latchkey_calls_total ${calls}`,
    '# TYPE latchkey_refusals_total counter',
    ...Object.entries(refusals).map(
      ([reason, count]) => `latchkey_refusals_total{reason="${reason}"} ${count}`,
    ),
    '# TYPE latchkey_resident_bytes gauge',
    `latchkey_resident_bytes ${process.memoryUsage.rss()}`,
    ...more,
    '',
  ].join('\n');
}
