import { Badge, type Tone } from '#app/_components/badge.tsx';
import { DateTime } from '#app/_components/date-time.tsx';
import type { JobRun, RunState } from '#lib/jobs/read-jobs.ts';

const LOOKS: Record<RunState, { word: string; tone: Tone }> = {
  waiting: { word: 'Waiting', tone: 'info' },
  running: { word: 'Running', tone: 'info' },
  retrying: { word: 'Retrying', tone: 'warning' },
  done: { word: 'Done', tone: 'success' },
  failed: { word: 'Failed', tone: 'danger' },
  cancelled: { word: 'Canceled', tone: 'neutral' },
};

/** The result of the last run. Earlier runs are collapsed. */
export function LastRun({ runs }: { runs: JobRun[] }) {
  const [last, ...before] = runs;
  if (!last) return <span className="text-muted">Not run yet</span>;
  return (
    <div className="flex flex-col gap-1">
      <Outcome run={last} />
      {before.length > 0 && (
        <details className="text-sm">
          <summary className="w-fit cursor-pointer text-muted hover:underline">Earlier runs</summary>
          <ul className="mt-2 flex flex-col gap-2">
            {before.map((run) => (
              <li key={run.queuedAt.toISOString()}>
                <span className="text-muted">
                  <DateTime value={run.startedAt ?? run.queuedAt} format="relative" />
                </span>
                <Outcome run={run} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

function Outcome({ run }: { run: JobRun }) {
  const { word, tone } = LOOKS[run.state];
  return (
    <div>
      <Badge tone={tone}>{word}</Badge>
      {run.result && <span className="mt-0.5 block break-words">{run.result}</span>}
      {run.nextTryAt && (
        <span className="block text-sm text-muted">
          Attempt {run.tries + 1} <DateTime value={run.nextTryAt} format="relative" />
        </span>
      )}
      {run.by && <span className="block text-sm text-muted">Started by {run.by}</span>}
    </div>
  );
}

/** When the last started run began, and how long it took. */
export function runTimes(runs: JobRun[]): { ranAt: Date | null; duration: string | null } {
  const begun = runs.find(({ startedAt }) => startedAt !== null);
  if (!begun?.startedAt) return { ranAt: null, duration: null };
  const ms = begun.endedAt ? begun.endedAt.getTime() - begun.startedAt.getTime() : null;
  return { ranAt: begun.startedAt, duration: ms === null ? null : durationText(ms) };
}

const durationText = (ms: number) =>
  ms < 1_000 ? `${ms} ms` : ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
