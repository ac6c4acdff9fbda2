import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Gateway } from './create-gateway.ts';
import { type DiscardLimits, discardBody } from './discard-body.ts';
import type { Exchange, Outlet } from './outlet.ts';

/** Next buffers at most 65 MB of a body. */
const DISCARD: DiscardLimits = { bytesMax: 65_000_000, totalMs: 30_000, idleMs: 5_000 };
const HIGH_WATER_BYTES = 64 * 1024;

/** Sends a response as a web Response. */
class WebOutlet implements Outlet {
  readonly response: Promise<Response>;
  exchange: Exchange | undefined;
  readonly #body: Readable | null;
  readonly #resolve: (response: Response) => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;

  constructor(body: Readable | null) {
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.response = promise;
    this.#resolve = resolve;
    this.#body = body;
  }

  start(status: number, headers: string[]): void {
    const fields = new Headers();
    for (let i = 0; i < headers.length; i += 2) {
      // The server that sends the Response manages the connection itself.
      if (headers[i] !== 'Connection') fields.append(headers[i]!, headers[i + 1]!);
    }
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.exchange?.drained(),
        cancel: () => {
          this.#ended = true;
          this.exchange?.clientGone();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: HIGH_WATER_BYTES }),
    );
    this.#resolve(new Response(isBodiless(status) ? null : stream, { status, headers: fields }));
  }

  write(chunk: Buffer): boolean {
    if (this.#ended || !this.#controller) return true;
    this.#controller.enqueue(new Uint8Array(chunk)); // undici may reuse the chunk's memory.
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  end(chunk?: Buffer): void {
    if (this.#ended) return;
    this.#ended = true;
    if (chunk) this.#controller?.enqueue(new Uint8Array(chunk));
    this.#controller?.close();
    // A client that is still uploading must be able to finish, otherwise it never reads the response.
    if (this.#body && !this.#body.readableEnded)
      discardBody(this.#body, DISCARD, () => this.#body?.destroy());
  }

  destroy(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#controller) this.#controller.error(new Error('the response was interrupted'));
    // Nothing has been sent. `Response.error()` has status 0, which Next can't send.
    else this.#resolve(new Response(null, { status: 500 }));
  }
}

const isBodiless = (status: number) => status === 204 || status === 304;

/**
 * Serves one web Request below `/gateway`. The client's address is unknown on this mount. If trusted proxies are configured,
 * the nearest hop is assumed to be one of them.
 */
export function handleWeb(gateway: Gateway, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const rawHeaders: string[] = [];
  for (const [name, value] of request.headers) rawHeaders.push(name, value);
  const hasBody = request.body !== null && request.method !== 'GET' && request.method !== 'HEAD';
  // The two declarations of ReadableStream describe the same class.
  const body = hasBody ? Readable.fromWeb(request.body as unknown as NodeReadableStream<Uint8Array>) : null;
  body?.on('error', () => {}); // The client stopped sending. The reader of the body sees it end.
  const outlet = new WebOutlet(body);
  const exchange = gateway.handle(
    {
      method: request.method,
      target: url.pathname.slice('/gateway'.length) + url.search,
      rawHeaders,
      remoteAddress: nearestHop(gateway),
    },
    body,
    outlet,
  );
  outlet.exchange = exchange;
  request.signal.addEventListener('abort', () => exchange.clientGone(), { once: true });
  return outlet.response;
}

function nearestHop(gateway: Gateway): string | null {
  const [first] = gateway.options.trustedProxies;
  return first?.split('/')[0] ?? null;
}
