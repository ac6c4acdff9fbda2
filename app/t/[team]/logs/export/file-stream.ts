/** A browser that takes nothing of a file for so long is let go. */
const STALLED_MS = 60_000;

/** A text as bytes, written while the browser takes it; `onEnd` is called once, however it ends. */
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
      } catch (error) {
        // The download breaks off, so that nobody takes a part for the whole.
        end();
        controller.error(error);
      }
    },
    async cancel() {
      end();
      await parts.return();
    },
  });

  function stalled(controller: ReadableStreamDefaultController<Uint8Array>) {
    end();
    controller.error(new Error('Nobody took the file.'));
    void parts.return();
  }
}
