import bearerAuth from '@fastify/bearer-auth';
import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';

/** A Fastify proxy as its documentation describes it: one bearer key in memory, no metering, no log. */
const app = Fastify({ logger: false, keepAliveTimeout: 65_000 });
await app.register(bearerAuth, { keys: new Set([process.env.API_KEY]) });
await app.register(httpProxy, { upstream: process.env.UPSTREAM_URL });
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.once('SIGTERM', () => process.exit(0));
