'use client';

import { Pause, Play } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { Badge } from '#app/_components/badge.tsx';
import { Button } from '#app/_components/button.tsx';
import { Switch } from '#app/_components/switch.tsx';
import { formatNumber } from '#lib/format.ts';
import { type LogColumns, LogTable, type ShownRequest } from './log-table.tsx';
import { type LiveState, useLiveLog } from './use-live-log.ts';

/** The newest page of a log, which can follow new requests. `empty` is shown while there are none. */
export function LiveLog({
  first,
  href,
  team,
  columns,
  empty,
  actions,
}: {
  first: readonly ShownRequest[];
  href: string;
  team: string;
  columns: LogColumns;
  empty: ReactNode;
  actions: ReactNode;
}) {
  const [on, setOn] = useState(false);
  const [paused, setPaused] = useState(false);
  const id = useId();
  const { rows, waiting, state, skipped, summary } = useLiveLog(href, first, on, paused);
  return (
    <>
      <div className="mb-3 flex min-h-8 flex-wrap items-center gap-x-4 gap-y-2">
        <span className="inline-flex items-center gap-2">
          <Switch
            id={id}
            checked={on}
            label="Live"
            onCheckedChange={(next) => {
              setOn(next);
              setPaused(false);
            }}
          />
          <label htmlFor={id}>Live</label>
        </span>
        {on && (
          <>
            <StateBadge state={state} paused={paused} />
            {(state === 'live' || state === 'connecting' || state === 'waiting') && (
              <Button size="sm" onClick={() => setPaused(!paused)}>
                {paused ? <Play aria-hidden="true" /> : <Pause aria-hidden="true" />}
                {paused ? (waiting > 0 ? `Resume (${waiting} new)` : 'Resume') : 'Pause'}
              </Button>
            )}
            {skipped > 0 && (
              <span className="text-sm text-muted">
                {formatNumber(skipped)} more arrived too fast to show
              </span>
            )}
          </>
        )}
        <span className="ml-auto flex flex-wrap items-center gap-2">{actions}</span>
      </div>
      <p role="status" className="sr-only">
        {on ? summary : ''}
      </p>
      {rows.length > 0 ? <LogTable requests={rows} team={team} columns={columns} /> : empty}
    </>
  );
}

function StateBadge({ state, paused }: { state: LiveState; paused: boolean }) {
  switch (state) {
    case 'connecting':
      return <Badge tone="info">Connecting</Badge>;
    case 'waiting':
      return <Badge tone="warning">Connection lost. Reconnecting…</Badge>;
    case 'signed_out':
      return <Badge tone="danger">Disconnected. Reload the page to continue.</Badge>;
    case 'elsewhere':
      return <Badge tone="warning">Live in your other tabs. Turn Live off and on to continue here.</Badge>;
    case 'live':
      return paused ? <Badge>Paused</Badge> : <Badge tone="success">Following</Badge>;
  }
}
