import { createHash } from 'node:crypto';
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { Readable } from 'node:stream';

export type Seen = {
  id: string;
  method: string;
  url: string;
  rawHeaders: string[];
  bodyBytes: number;
  bodySha256: string;
  closedEarly: boolean;
};

/**
 * An upstream that records every request and behaves according to the first path segment: `ok`, `echo`, `redirect-out`,
 * `redirect-in`, `headers`, `slow`, `stream`, `large`, `empty`, `not-modified`, `pages`. The raw port sends malformed HTTP.
 */
export async function stubUpstream() {
  const seen: Seen[] = [];
  const http = createHttp((request, response) => {
    const entry: Seen = {
      id: String(request.headers['x-request-id'] ?? ''),
      method: request.method ?? '',
      url: request.url ?? '',
      rawHeaders: request.rawHeaders,
      bodyBytes: 0,
      bodySha256: '',
      closedEarly: false,
    };
    seen.push(entry);
    const hash = createHash('sha256');
    request.on('data', (chunk: Buffer) => {
      entry.bodyBytes += chunk.length;
      hash.update(chunk);
    });
    request.on('error', () => {});
    response.on('close', () => {
      entry.closedEarly = !response.writableFinished;
    });
    request.on('end', () => {
      entry.bodySha256 = hash.digest('hex');
      answer(request, response);
    });
  });
  http.keepAliveTimeout = 60_000;
  const sockets = new Set<Socket>();
  const raw = createTcp((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', (data) => {
      seen.push({
        id: '',
        method: '',
        url: data.toString('latin1').split(' ')[1] ?? '',
        rawHeaders: [],
        bodyBytes: 0,
        bodySha256: '',
        closedEarly: false,
      });
      misbehave(data.toString('latin1'), socket);
    });
  });
  const port = await listen(http);
  const rawPort = await listen(raw);
  return {
    seen,
    url: `http://127.0.0.1:${port}/base`,
    rawUrl: `http://127.0.0.1:${rawPort}`,
    stop: async () => {
      http.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await Promise.all([
        new Promise((resolve) => http.close(resolve)),
        new Promise((resolve) => raw.close(resolve)),
      ]);
    },
  };
}

function listen(server: Server | ReturnType<typeof createHttp>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)); // A TCP socket has a port.
  });
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const kind = (request.url ?? '').replace(/^\/base/, '').split(/[/?]/)[1];
  if (kind === 'redirect-out')
    return void response.writeHead(302, { Location: 'http://evil.example/' }).end();
  if (kind === 'redirect-in') return void response.writeHead(302, { Location: '/base/ok?x=1' }).end();
  if (kind === 'slow') return void setTimeout(() => response.end('late'), 5_000);
  if (kind === 'empty') return void response.writeHead(204).end();
  if (kind === 'not-modified') return void response.writeHead(304, { ETag: '"1"' }).end();
  if (kind === 'stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    response.write('data: one\n\n');
    return void setTimeout(() => response.end('data: two\n\n'), 1_000);
  }
  if (kind === 'pages') return void sendPage(request, response);
  if (kind === 'large') {
    const mib = Number(new URL(request.url ?? '', 'http://stub').searchParams.get('mib'));
    const piece = Buffer.alloc(1024 * 1024, 'x');
    return void Readable.from(Array.from({ length: mib }, () => piece)).pipe(response);
  }
  if (kind === 'headers') {
    response.writeHead(200, [
      ...[
        'Set-Cookie',
        'session=stolen',
        'Server',
        'secret/1.0',
        'X-Powered-By',
        'x',
        'Strict-Transport-Security',
        'max-age=1',
      ],
      ...[
        'Access-Control-Allow-Origin',
        '*',
        'X-Middleware-Rewrite',
        '/evil',
        'X-Nextjs-Cache',
        'HIT',
        'Clear-Site-Data',
        '"*"',
      ],
      ...[
        'Connection',
        'keep-alive, x-hop',
        'X-Hop',
        'hop',
        'Content-Type',
        'text/html',
        'X-Custom',
        'kept',
        'Cache-Control',
        'max-age=60',
      ],
    ]);
    return void response.end('<script>alert(1)</script>');
  }
  response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}');
}

/** One of three pages, with links to itself and its neighbors as absolute URLs of this upstream. */
function sendPage(request: IncomingMessage, response: ServerResponse): void {
  const self = new URL(request.url ?? '', `http://${request.headers.host}`);
  const page = Number(self.searchParams.get('page') ?? 1);
  const at = (number: number) => {
    const url = new URL(self);
    url.searchParams.set('page', String(number));
    return url.href;
  };
  const next = page < 3 ? [`<${at(page + 1)}>; rel="next"`] : [];
  response.writeHead(page === 3 ? 201 : 200, {
    'Content-Type': 'application/json',
    Link: [...next, `<${at(3)}>; rel="last"`, '<https://docs.example/help>; rel="help"'].join(', '),
    'Content-Location': self.href,
    'Operation-Location': at(3),
    'Azure-AsyncOperation': at(3),
    Refresh: `30; url=${at(page)}`,
    ...(page === 3 ? { Location: at(1) } : {}),
  });
  response.end(JSON.stringify([{ id: page }]));
}

/** Malformed HTTP, by path. */
function misbehave(request: string, socket: Socket): void {
  const path = request.split(' ')[1] ?? '';
  if (path.startsWith('/reset')) return void socket.resetAndDestroy();
  if (path.startsWith('/hang')) return;
  if (path.startsWith('/garbage')) return void socket.end('this is no HTTP\r\n\r\n');
  if (path.startsWith('/short'))
    return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this');
  if (path.startsWith('/cut-chunk'))
    return void socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n');
  if (path.startsWith('/long'))
    return void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more than promised');
  if (path.startsWith('/status-999'))
    return void socket.end('HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok');
  if (path.startsWith('/big-header'))
    return void socket.end(`HTTP/1.1 200 OK\r\nX-Big: ${'a'.repeat(1_000_000)}\r\nContent-Length: 0\r\n\r\n`);
  socket.end('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
}
