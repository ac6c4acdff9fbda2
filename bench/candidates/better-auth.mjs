import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { options } from './better-auth-options.mjs';

/** Verifies one API key per request with Better Auth: the counterpart of `decision`. */
const auth = betterAuth(options);

const server = createServer(async (request, response) => {
  try {
    const { valid } = await auth.api.verifyApiKey({ body: { key: request.headers['x-api-key'] } });
    response.writeHead(valid ? 200 : 401, { 'Content-Length': 0 }).end();
  } catch {
    response.writeHead(500, { 'Content-Length': 0 }).end();
  }
});
server.keepAliveTimeout = 65_000;
server.listen(Number(process.env.PORT), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));
