import { createServer } from 'node:http';

/** The upstream of every candidate: one small response, as fast as `node:http` allows. */
const BODY = '{"ok":true}';
const HEADERS = ['Content-Type', 'application/json', 'Content-Length', String(BODY.length)];

const server = createServer({ keepAliveTimeout: 120_000 }, (_request, response) => {
  response.writeHead(200, HEADERS).end(BODY);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
