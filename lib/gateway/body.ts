import { type Readable, Transform, type TransformCallback } from 'node:stream';

/** The body went over the limit while it was being sent. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
}

/** The client stopped, or broke HTTP, in the middle of its body. */
export class BodyBroken extends Error {
  override name = 'BodyBroken';
}

/**
 * Stands between the client's body and the upstream: counts, enforces the limit, and keeps a failing upstream
 * from tearing down the client's connection, on which it still has to hear why.
 */
export class MeteredBody extends Transform {
  bytes = 0;
  readonly #limitBytes: number;

  constructor(source: Readable, limitBytes: number) {
    super();
    this.#limitBytes = limitBytes;
    source.once('error', (cause) => this.destroy(new BodyBroken('request body', { cause })));
    source.once('close', () => {
      if (!source.readableEnded) this.destroy(new BodyBroken('request body'));
    });
    // What is left of the body is read and dropped, so that the connection can carry the answer.
    this.once('close', () => {
      source.unpipe(this);
      source.resume();
    });
    source.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#limitBytes) callback(new BodyTooLarge(`over ${this.#limitBytes} bytes`));
    else callback(null, chunk);
  }
}
