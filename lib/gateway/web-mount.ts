import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Call, Outlet } from './call.ts';
import type { Gateway } from './handle.ts';

/** Lets a call's answer out as a web Response. */
class WebOutlet implements Outlet {
  readonly response: Promise<Response>;
  call: Call | undefined;
  readonly #resolve: (response: Response) => void;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #started = false;
  #ended = false;

  constructor() {
    const { promise, resolve } = Promise.withResolvers<Response>();
    this.response = promise;
    this.#resolve = resolve;
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
        pull: () => this.call?.drained(),
        cancel: () => {
          this.#ended = true;
          this.call?.clientGone();
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 64 * 1024 }),
    );
    this.#started = true;
    this.#resolve(new Response(isBodiless(status) ? null : stream, { status, headers: fields }));
  }

  write(chunk: Buffer): boolean {
    if (this.#ended) return true;
    this.#controller.enqueue(new Uint8Array(chunk)); // undici may reuse the chunk's memory.
    return (this.#controller.desiredSize ?? 0) > 0;
  }

  end(chunk?: Buffer): void {
    if (this.#ended) return;
    this.#ended = true;
    if (chunk) this.#controller.enqueue(new Uint8Array(chunk));
    this.#controller.close();
  }

  destroy(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#started) this.#controller.error(new Error('the answer was broken off'));
    else this.#resolve(Response.error());
  }
}

const isBodiless = (status: number) => status === 204 || status === 304;

/**
 * Serves one call from a web Request below `/gateway`. The address of the client is not known on this mount; with
 * trusted proxies configured, the nearest hop is taken to be one of them.
 */
export function handleWeb(gateway: Gateway, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const rawHeaders: string[] = [];
  for (const [name, value] of request.headers) rawHeaders.push(name, value);
  const hasBody = request.body !== null && request.method !== 'GET' && request.method !== 'HEAD';
  const outlet = new WebOutlet();
  const call = gateway.handle(
    {
      method: request.method,
      target: url.pathname.slice('/gateway'.length) + url.search,
      rawHeaders,
      remoteAddress: nearestHop(gateway),
    },
    // The two declarations of ReadableStream describe the same class.
    hasBody ? Readable.fromWeb(request.body as unknown as NodeReadableStream<Uint8Array>) : null,
    outlet,
  );
  outlet.call = call;
  request.signal.addEventListener('abort', () => call.clientGone(), { once: true });
  return outlet.response;
}

function nearestHop(gateway: Gateway): string | null {
  const [first] = gateway.options.trustedProxies;
  return first?.split('/')[0] ?? null;
}
