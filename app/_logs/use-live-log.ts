'use client';

import { useEffect, useRef, useState } from 'react';
import type { TailBatch } from '#lib/request-log/tail-requests.ts';
import type { EndReason } from './live-stream.ts';
import type { ShownRequest } from './log-table.tsx';

/** Rows on the page at once; older ones fall off its end. */
const ROWS_MAX = 200;
const EVERY_SECONDS = 10;

export type LiveState = 'connecting' | 'live' | 'waiting' | EndReason;
type Batch = Omit<TailBatch, 'requests'> & { requests: ShownRequest[] };

/**
 * The rows of a log page, with what comes in while `on`. While `paused`, what comes in waits; while the page is not
 * looked at, nobody listens, and it is caught up with afterwards.
 */
export function useLiveLog(href: string, first: readonly ShownRequest[], on: boolean, paused: boolean) {
  const [rows, setRows] = useState(first);
  const [held, setHeld] = useState<readonly ShownRequest[]>([]);
  const [state, setState] = useState<LiveState>('connecting');
  const [skipped, setSkipped] = useState(0);
  const [summary, setSummary] = useState('');
  const isPaused = useRef(paused);
  const newest = useRef(first[0]?.id);
  const unsaid = useRef(0);
  const told = useRef(new Set(first.map(({ id }) => id)));
  const oldest = first.at(-1)?.id ?? '';

  useEffect(() => {
    isPaused.current = paused;
    if (paused) return;
    setHeld((waiting) => {
      if (waiting.length > 0) setRows((known) => merged(known, waiting));
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
      // Without a state of its own the browser comes back by itself.
      source.onerror = () => setState(source?.readyState === EventSource.CLOSED ? 'signed_out' : 'waiting');
      source.addEventListener('requests', (event: MessageEvent<string>) => {
        // Our own route wrote it.
        const batch = JSON.parse(event.data) as Batch;
        if (event.lastEventId) newest.current = event.lastEventId;
        // What is older than the page began with belongs to older pages.
        const shown = batch.requests.filter(({ id }) => id >= oldest);
        unsaid.current += shown.filter(({ id }) => !told.current.has(id)).length + batch.more;
        for (const { id } of shown) told.current.add(id);
        setSkipped((count) => count + batch.more);
        (isPaused.current ? setHeld : setRows)((known) => merged(known, shown));
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
    const speaking = setInterval(() => {
      if (unsaid.current === 0) return;
      setSummary(`${unsaid.current} ${unsaid.current === 1 ? 'request' : 'requests'} came in.`);
      unsaid.current = 0;
    }, EVERY_SECONDS * 1_000);
    open();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      close();
      clearInterval(speaking);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [href, on, oldest]);

  return { rows, waiting: held.length, state, skipped, summary };
}

/** Newest first, each request once, as it was told last. */
export function merged(
  known: readonly ShownRequest[],
  told: readonly ShownRequest[],
): readonly ShownRequest[] {
  if (told.length === 0) return known;
  const byId = new Map([...known, ...told].map((request) => [request.id, request]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, ROWS_MAX);
}
