import { createServer } from 'node:http';
// The product's own undici, not an older one that another package depends on.
import { Pool } from '../../node_modules/undici/index.js';
import { endToEnd } from './hop-by-hop.mjs';

/** The second baseline: the minimum a proxy on `node:http` can do, with undici's callbacks and no streams. */
const pool = new Pool(process.env.UPSTREAM_URL, { connections: 512, pipelining: 1 });

class Forwarded {
  #response;

  constructor(response) {
    this.#response = response;
  }

  onRequestStart() {}

  onResponseStart(controller, status) {
    this.#response.writeHead(status, endToEnd(controller.rawHeaders));
  }

  onResponseData(controller, chunk) {
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#response.once('drain', () => controller.resume());
  }

  onResponseEnd() {
    this.#response.end();
  }

  onResponseError() {
    this.#response.destroy();
  }
}

const server = createServer((request, response) => {
  const hasBody = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  pool.dispatch(
    {
      method: request.method,
      path: request.url,
      headers: endToEnd(request.rawHeaders),
      body: hasBody ? request : null,
    },
    new Forwarded(response),
  );
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
