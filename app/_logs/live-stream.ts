import { log } from '#lib/process/log.ts';
import type { TailBatch } from '#lib/request-log/types.ts';
import type { EndReason } from './end-reason.ts';

export type Poll = { batch: TailBatch; newest: string | null };

type Options = {
  /** New requests since the last poll. Null if the person can no longer see the log. */
  poll: () => Promise<Poll | null>;
  signal: AbortSignal;
  /** Called once when the stream ends, for any reason. */
  onEnd: () => void;
  everyMs?: number;
  heartbeatMs?: number;
  /** A browser that reads nothing for this long is disconnected. */
  stalledMs?: number;
  /** The stream ends after this time and the browser reconnects, so no connection outlives a deployment by much. */
  lifetimeMs?: number;
};

const HIGH_WATER_BYTES = 64 * 1024;

/** Server-sent events (WHATWG HTML 9.2) of a tail: `requests`, and `ended` when the browser shouldn't reconnect. */
export function liveStream({
  poll,
  signal,
  onEnd,
  everyMs = 1_000,
  heartbeatMs = 15_000,
  stalledMs = 30_000,
  lifetimeMs = 30 * 60_000,
}: Options): { stream: ReadableStream<Uint8Array>; end: (reason?: EndReason) => void } {
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let controller: ReadableStreamDefaultController<Uint8Array>;
  const startedAt = Date.now();
  let sentAt = startedAt;
  let readAt = startedAt;

  const send = (text: string) => {
    controller.enqueue(encoder.encode(text));
    sentAt = Date.now();
  };

  function end(reason?: EndReason): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    onEnd();
    try {
      if (reason) send(`event: ended\ndata: ${reason}\n\n`);
      controller.close();
    } catch {
      // The browser disconnected first, so the stream is already closed.
    }
  }

  async function tick(): Promise<void> {
    const now = Date.now();
    if (now - startedAt >= lifetimeMs) return end();
    const hasRoom = (controller.desiredSize ?? 0) > 0;
    if (hasRoom) readAt = now;
    else if (now - readAt >= stalledMs) return end();
    try {
      const polled = hasRoom ? await poll() : undefined;
      if (ended) return;
      if (polled === null) return end('signed_out');
      if (polled && (polled.batch.requests.length > 0 || polled.batch.more > 0)) send(eventOf(polled));
      else if (hasRoom && now - sentAt >= heartbeatMs) send(': heartbeat\n\n');
    } catch (err) {
      // The browser reconnects in a moment and resumes where it stopped.
      log.warn({ err }, 'live log: reading new requests failed');
      return end();
    }
    timer = setTimeout(tick, everyMs);
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        signal.addEventListener('abort', () => end(), { once: true });
        send('retry: 2000\n\n');
        void tick();
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
  );
  return { stream, end };
}

const eventOf = ({ batch, newest }: Poll): string =>
  `event: requests\n${newest ? `id: ${newest}\n` : ''}data: ${JSON.stringify(batch)}\n\n`;
