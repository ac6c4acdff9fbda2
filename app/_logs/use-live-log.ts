'use client';

import { useEffect, useRef, useState } from 'react';
import { formatCount } from '#lib/format.ts';
import type { TailBatch } from '#lib/request-log/types.ts';
import type { EndReason } from './end-reason.ts';
import type { ShownRequest } from './log-table.tsx';

/** Rows on the page. Older ones are dropped. */
const ROWS_MAX = 200;
const EVERY_SECONDS = 10;

export type LiveState = 'connecting' | 'live' | 'waiting' | EndReason;
type Batch = Omit<TailBatch, 'requests'> & { requests: ShownRequest[] };

/**
 * The rows of a log page, with new requests while `on`. While `paused`, new requests are held back. While the page is
 * hidden, the connection is closed, and it catches up afterwards.
 */
export function useLiveLog(href: string, first: readonly ShownRequest[], on: boolean, paused: boolean) {
  const [rows, setRows] = useState(first);
  const [held, setHeld] = useState<readonly ShownRequest[]>([]);
  const [state, setState] = useState<LiveState>('connecting');
  const [skipped, setSkipped] = useState(0);
  const [summary, setSummary] = useState('');
  const isPaused = useRef(paused);
  const newest = useRef(first[0]?.id);
  const unannounced = useRef(0);
  const known = useRef(new Set(first.map(({ id }) => id)));
  const oldest = first.at(-1)?.id ?? '';

  useEffect(() => {
    isPaused.current = paused;
    if (paused) return;
    setHeld((waiting) => {
      if (waiting.length > 0) setRows((rows) => merged(rows, waiting));
      return [];
    });
  }, [paused]);

  useEffect(() => {
    if (!on) return;
    let source: EventSource | undefined;
    const open = () => {
      if (source || document.visibilityState !== 'visible') return;
      setState('connecting');
      source = new EventSource(newest.current ? `${href}&since=${newest.current}` : href);
      source.onopen = () => setState('live');
      // Unless the source is closed, the browser reconnects on its own.
      source.onerror = () => setState(source?.readyState === EventSource.CLOSED ? 'signed_out' : 'waiting');
      source.addEventListener('requests', (event: MessageEvent<string>) => {
        const batch = JSON.parse(event.data) as Batch; // Our own route wrote it.
        if (event.lastEventId) newest.current = event.lastEventId;
        // Requests older than the first page belong to older pages.
        const shown = batch.requests.filter(({ id }) => id >= oldest);
        unannounced.current += shown.filter(({ id }) => !known.current.has(id)).length + batch.more;
        for (const { id } of shown) known.current.add(id);
        setSkipped((count) => count + batch.more);
        (isPaused.current ? setHeld : setRows)((rows) => merged(rows, shown));
      });
      source.addEventListener('ended', (event: MessageEvent<EndReason>) => {
        close();
        setState(event.data);
      });
    };
    const close = () => {
      source?.close();
      source = undefined;
    };
    const onVisibility = () => (document.visibilityState === 'visible' ? open() : close());
    const announcing = setInterval(() => {
      if (unannounced.current === 0) return;
      setSummary(`${formatCount(unannounced.current, 'new request')}.`);
      unannounced.current = 0;
    }, EVERY_SECONDS * 1_000);
    open();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      close();
      clearInterval(announcing);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [href, on, oldest]);

  return { rows, waiting: held.length, state, skipped, summary };
}

/** Newest first, each request once with its latest state. */
export function merged(
  rows: readonly ShownRequest[],
  received: readonly ShownRequest[],
): readonly ShownRequest[] {
  if (received.length === 0) return rows;
  const byId = new Map([...rows, ...received].map((request) => [request.id, request]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, ROWS_MAX);
}
