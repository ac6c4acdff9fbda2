import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connections } from './connections.ts';
import { type DiscardLimits, discardBody } from './discard-body.ts';
import type { Exchange, Outlet } from './outlet.ts';

export type NodeOutletOptions = {
  readonly connections: Connections;
  readonly discard: DiscardLimits;
};

const SMALL_BYTES = 8 * 1024;

/** Writes a response to Node's `ServerResponse`. */
export class NodeOutlet implements Outlet {
  readonly #response: ServerResponse;
  /** Null if the request has no body. */
  readonly #upload: IncomingMessage | null;
  readonly #options: NodeOutletOptions;
  readonly #exchanges: Set<Exchange> | undefined;
  #exchange: Exchange | undefined;
  #closes = false;

  constructor(
    response: ServerResponse,
    request: IncomingMessage,
    hasBody: boolean,
    options: NodeOutletOptions,
  ) {
    this.#response = response;
    this.#upload = hasBody ? request : null;
    this.#options = options;
    this.#exchanges = options.connections.exchangesOf(request.socket);
  }

  /** Sets the exchange that responds here. It may already have responded. */
  take(exchange: Exchange): void {
    this.#exchange = exchange;
    if (!this.#response.writableEnded) this.#exchanges?.add(exchange);
  }

  start(status: number, headers: string[]): void {
    this.#closes = headers.includes('Connection');
    if (this.#options.connections.closing && !this.#closes) {
      this.#closes = true;
      headers.push('Connection', 'close');
    }
    // Without a length the client would wait for the end of the connection.
    this.#closes &&= headers.includes('Content-Length');
    this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    if (this.#response.write(chunk)) return true;
    this.#response.once('drain', () => this.#exchange?.drained());
    return false;
  }

  end(chunk?: Buffer, trailers?: [name: string, value: string][]): void {
    // Node sends them only with a chunked body.
    if (trailers) this.#response.addTrailers(trailers);
    if (this.#exchange) this.#exchanges?.delete(this.#exchange);
    const isUploading = this.#upload !== null && !this.#upload.complete;
    if (isUploading && this.#closes) return this.#endAfterUpload(this.#upload, chunk);
    // As text in the same encoding, a small body joins its headers in one write to the socket.
    if (chunk && chunk.length <= SMALL_BYTES) this.#response.end(chunk.toString('latin1'), 'latin1');
    else if (chunk) this.#response.end(chunk);
    else this.#response.end();
    if (isUploading) this.#boundUpload(this.#upload);
  }

  /** The client has the complete response, and the connection stays open until its upload has ended. */
  #endAfterUpload(upload: IncomingMessage, chunk: Buffer | undefined): void {
    if (chunk) this.#response.write(chunk);
    else this.#response.flushHeaders();
    discardBody(upload, this.#options.discard, () => this.#response.end());
  }

  /** The connection stays usable if the rest of the upload ends soon. */
  #boundUpload(upload: IncomingMessage): void {
    discardBody(upload, this.#options.discard, () => {
      if (!upload.complete) upload.socket.destroy();
    });
  }

  destroy(): void {
    this.#response.destroy();
  }
}
