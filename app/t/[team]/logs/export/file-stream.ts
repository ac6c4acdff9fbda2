import { log } from '#lib/process/log.ts';

/** A browser that reads nothing for this long is disconnected. */
const STALLED_MS = 60_000;

/** Streams text as the browser reads it. `onEnd` is called once, however the stream ends. */
export function fileStream(
  parts: AsyncGenerator<string, void>,
  onEnd: () => void,
  stalledMs = STALLED_MS,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const end = () => {
    clearTimeout(timer);
    if (ended) return;
    ended = true;
    onEnd();
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setTimeout(stalled, stalledMs, controller);
    },
    async pull(controller) {
      clearTimeout(timer);
      try {
        const { done, value } = await parts.next();
        if (ended) return;
        if (done) {
          end();
          return controller.close();
        }
        controller.enqueue(encoder.encode(value));
        timer = setTimeout(stalled, stalledMs, controller);
      } catch (err) {
        // The download fails, so that a partial file isn't mistaken for a complete one.
        log.error({ err }, 'request export failed');
        end();
        controller.error(err);
      }
    },
    async cancel() {
      end();
      await parts.return();
    },
  });

  function stalled(controller: ReadableStreamDefaultController<Uint8Array>) {
    end();
    controller.error(new Error('The client stopped reading.'));
    void parts.return();
  }
}
