import type { TailBatch } from '#lib/request-log/tail-requests.ts';

export type Look = { batch: TailBatch; newest: string | null };

type Options = {
  /** What has come in since; null once this person may not look any more. */
  look: () => Promise<Look | null>;
  signal: AbortSignal;
  /** Called once, however it ends. */
  onEnd: () => void;
  everyMs?: number;
  heartbeatMs?: number;
  /** A browser that takes nothing for so long is let go. */
  stalledMs?: number;
  /** It ends by itself then, and the browser comes back: so no connection outlives a deployment by much. */
  lifetimeMs?: number;
};

/** The browser does not come back after these; after a plain end it does. */
export type EndReason = 'signed_out' | 'elsewhere';

const HIGH_WATER_BYTES = 64 * 1024;

/** Server-sent events (WHATWG HTML 9.2) of a tail: `requests`, and `ended` where it is no use to come back. */
export function liveStream({
  look,
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
  const begunAt = Date.now();
  let saidAt = begunAt;
  let takenAt = begunAt;

  const say = (text: string) => {
    controller.enqueue(encoder.encode(text));
    saidAt = Date.now();
  };

  function end(reason?: EndReason): void {
    if (ended) return;
    ended = true;
    clearTimeout(timer);
    onEnd();
    try {
      if (reason) say(`event: ended\ndata: ${reason}\n\n`);
      controller.close();
    } catch {
      // The browser has gone: there is nothing left to close.
    }
  }

  async function turn(): Promise<void> {
    const now = Date.now();
    if (now - begunAt >= lifetimeMs) return end();
    const hasRoom = (controller.desiredSize ?? 0) > 0;
    if (hasRoom) takenAt = now;
    else if (now - takenAt >= stalledMs) return end();
    try {
      const seen = hasRoom ? await look() : undefined;
      if (ended) return;
      if (seen === null) return end('signed_out');
      if (seen && (seen.batch.requests.length > 0 || seen.batch.more > 0)) say(eventOf(seen));
      else if (hasRoom && now - saidAt >= heartbeatMs) say(': still here\n\n');
    } catch {
      // The database is away: the browser comes back in a moment, and goes on where it was.
      return end();
    }
    timer = setTimeout(turn, everyMs);
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
        signal.addEventListener('abort', () => end(), { once: true });
        say('retry: 2000\n\n');
        void turn();
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
  );
  return { stream, end };
}

const eventOf = ({ batch, newest }: Look): string =>
  `event: requests\n${newest ? `id: ${newest}\n` : ''}data: ${JSON.stringify(batch)}\n\n`;
