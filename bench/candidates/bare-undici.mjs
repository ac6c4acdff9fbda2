import { createServer } from 'node:http';
// The product's own undici, not an older one that another package depends on.
import { Pool } from '../../node_modules/undici/index.js';
import { endToEnd, HOP_BY_HOP } from './hop-by-hop.mjs';

/**
 * The baseline: a plain reverse proxy with undici. It checks, counts and records nothing. It uses `stream` because
 * `request` with `pipeline` halves the throughput and would flatter everything compared with it.
 */
const pool = new Pool(process.env.UPSTREAM_URL, { connections: 512, pipelining: 1 });

function onward(headers) {
  const kept = {};
  for (const name in headers) if (!HOP_BY_HOP.has(name)) kept[name] = headers[name];
  return kept;
}

function forward(request, response) {
  const hasBody = 'content-length' in request.headers || 'transfer-encoding' in request.headers;
  const onwardRequest = {
    method: request.method,
    path: request.url,
    headers: endToEnd(request.rawHeaders),
    body: hasBody ? request : null,
  };
  return pool.stream(onwardRequest, ({ statusCode, headers }) =>
    response.writeHead(statusCode, onward(headers)),
  );
}

const server = createServer((request, response) => {
  forward(request, response).catch(() =>
    response.headersSent ? response.destroy() : response.writeHead(502).end(),
  );
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
