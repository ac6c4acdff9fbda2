import { Badge, type Tone } from '#app/_components/badge.tsx';
import type { LoggedRequest } from '#lib/request-log/types.ts';
import { STATUSES, titleOf } from './filter-labels.ts';

/** The result of a request: its status code and phrase, or why it has none. */
export function Outcome({ request }: { request: Pick<LoggedRequest, 'outcome' | 'status' | 'reason'> }) {
  const { outcome, status, reason } = request;
  if (outcome === 'open') return <Badge tone="info">In progress</Badge>;
  if (outcome === 'unknown') return <Badge tone="warning">Interrupted</Badge>;
  if (outcome === 'aborted') return <Badge tone="warning">Client disconnected</Badge>;
  if (status === null) return <Badge>No status</Badge>;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 gap-y-0.5">
      <Badge tone={toneOf(status)}>
        <span className="font-mono tabular-nums">{status}</span> {phraseOf(status)}
      </Badge>
      {reason && <span className="text-sm text-muted">{titleOf(reason)}</span>}
    </span>
  );
}

function toneOf(status: number): Tone {
  if (status >= 500) return 'danger';
  if (status >= 400) return 'warning';
  return status >= 300 ? 'info' : 'success';
}

function phraseOf(status: number): string {
  const known = STATUSES.find(({ value }) => value === String(status));
  if (known) return known.label.slice(4);
  if (status >= 500) return 'Server error';
  if (status >= 400) return 'Client error';
  return status >= 300 ? 'Redirect' : 'Success';
}
