import { createHash, type Hash } from 'node:crypto';
import { type Readable, Transform, type TransformCallback } from 'node:stream';

/** The body exceeded the limit while it was being sent. */
export class BodyTooLarge extends Error {
  override name = 'BodyTooLarge';
}

/** The client stopped or violated HTTP in the middle of its body. */
export class BodyBroken extends Error {
  override name = 'BodyBroken';
}

/** The body isn't the one that the ticket was signed for. */
export class BodyDiffers extends Error {
  override name = 'BodyDiffers';
}

/**
 * Sits between the client's body and the upstream: counts bytes, enforces the limit, and keeps a failing upstream from
 * closing the client's connection, which the error response still needs.
 */
export class MeteredBody extends Transform {
  bytes = 0;
  readonly #limitBytes: number;
  readonly #digest: string | undefined;
  readonly #hash: Hash | undefined;
  /** The latest chunk, held back until the digest is checked: the upstream never gets a complete body that differs. */
  #last: Buffer | undefined;

  /** `digest`: the required SHA-256, in base64url. */
  constructor(source: Readable, limitBytes: number, digest?: string) {
    super();
    this.#limitBytes = limitBytes;
    this.#digest = digest;
    this.#hash = digest === undefined ? undefined : createHash('sha256');
    source.once('error', (cause) => this.destroy(new BodyBroken('request body', { cause })));
    source.once('close', () => {
      if (!source.readableEnded) this.destroy(new BodyBroken('request body'));
    });
    // The rest of the body is read and discarded, so that the connection can carry the response.
    this.once('close', () => {
      source.unpipe(this);
      source.resume();
    });
    source.pipe(this);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.#limitBytes) callback(new BodyTooLarge(`over ${this.#limitBytes} bytes`));
    else if (!this.#hash) callback(null, chunk);
    else {
      this.#hash.update(chunk);
      const before = this.#last;
      this.#last = chunk;
      callback(null, before);
    }
  }

  override _flush(callback: TransformCallback): void {
    if (!this.#hash) return callback();
    if (this.#hash.digest('base64url') !== this.#digest) return callback(new BodyDiffers('request body'));
    callback(null, this.#last);
  }
}
