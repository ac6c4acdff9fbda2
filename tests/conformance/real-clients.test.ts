import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import axios from 'axios';
import got from 'got';
import OpenAI from 'openai';
import Stripe from 'stripe';
import { request as undiciRequest } from 'undici';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { nodeGateway, pair } from '#tests/support/node-gateway.ts';

/** Client libraries that people use, unchanged, through one gateway. */

type Seen = { method: string; url: string; headers: IncomingHttpHeaders; text: string };
const seen: Seen[] = [];
let gateway: Awaited<ReturnType<typeof nodeGateway>>;
const last = () => seen.at(-1)!;

beforeAll(async () => {
  // The Stripe library puts /v1 before every path.
  gateway = await nodeGateway({ upstream, slugs: ['api', 'v1'], isPublic: true });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  seen.length = 0;
});

function upstream(request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '', headers, rawHeaders } = request;
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  request.on('end', () => {
    seen.push({ method, url, headers, text });
    expect(rawHeaders.join()).not.toMatch(/lk_[sp]k_/);
    const path = url.split('?')[0];
    if (path === '/chat/completions') return sendCompletion(response);
    if (path === '/items') return sendItems(request, response);
    if (path === '/missing')
      return void response.writeHead(404, { 'X-Request-Id': 'up-1' }).end('{"message":"none"}');
    const body = JSON.stringify({ id: 'cus_1', object: 'customer', received: text });
    const isZipped = headers['accept-encoding']?.includes('gzip');
    const type = { 'Content-Type': 'application/json' };
    if (!isZipped) return void response.writeHead(200, type).end(body);
    response.writeHead(200, { ...type, 'Content-Encoding': 'gzip' }).end(gzipSync(body));
  });
}

function sendCompletion(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const content of ['Hello', ' world'])
    response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
  response.end('data: [DONE]\n\n');
}

/** One of three pages, with absolute URLs of this upstream. */
function sendItems({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const self = new URL(url, `http://${headers.host}`);
  const page = Number(self.searchParams.get('page') ?? 1);
  self.searchParams.set('page', String(page + 1));
  response.writeHead(200, {
    'Content-Type': 'application/json',
    ...(page < 3 && { Link: `<${self.href}>; rel="next"` }),
  });
  response.end(JSON.stringify([{ id: page }]));
}

test('openai: streams, its own headers, and errors with the request ID', async () => {
  const client = new OpenAI({
    ...{ apiKey: pair.secretKey, baseURL: `${gateway.url}/api`, organization: 'org-1', maxRetries: 0 },
  });
  const stream = await client.chat.completions.create({
    ...{ model: 'm', messages: [{ role: 'user', content: 'Hi' }] },
    stream: true,
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe('Hello world');
  expect(last().headers).toMatchObject({ 'openai-organization': 'org-1', 'x-stainless-lang': 'js' });
  expect(last().headers).not.toHaveProperty('authorization');

  const stranger = new OpenAI({ apiKey: 'sk-nonsense', baseURL: `${gateway.url}/api`, maxRetries: 0 });
  const error = await stranger.models.list().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
  expect((error as InstanceType<typeof OpenAI.APIError>).requestID).toMatch(/^[0-9a-f-]{36}$/);
});

test('stripe: version, account and idempotency key arrive', async () => {
  const stripe = new Stripe(pair.secretKey, {
    ...{ host: '127.0.0.1', port: gateway.port, protocol: 'http', stripeAccount: 'acct_1', telemetry: false },
  });
  const customer = await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'once' });
  expect(customer.id).toBe('cus_1');
  expect(last()).toMatchObject({ method: 'POST', url: '/customers', text: 'name=Ada' });
  expect(last().headers).toMatchObject({
    ...{ 'stripe-account': 'acct_1', 'idempotency-key': 'once' },
    'stripe-version': expect.stringMatching(/^\d{4}-\d\d-\d\d/),
  });
});

test('@octokit/core: `Authorization: token`, and pagination that stays at the gateway', async () => {
  const Paginating = Octokit.plugin(paginateRest);
  const octokit = new Paginating({ auth: pair.secretKey, baseUrl: `${gateway.url}/api` });
  const items = await octokit.paginate('GET /items', { per_page: 1 });
  expect(items.map((item) => (item as { id: number }).id)).toEqual([1, 2, 3]);
  expect(seen.map(({ url }) => url)).toEqual(
    [1, 2, 3].map((page) => `/items?per_page=1${page > 1 ? `&page=${page}` : ''}`),
  );
  expect(last().headers.accept).toContain('application/vnd.github');
});

const headers = { 'X-API-Key': pair.secretKey, baggage: 'a=b', 'Last-Event-ID': '5' };
type Answer = { status: number; body: unknown; upstreamId: unknown };

const clients: [string, (path: string) => Promise<Answer>][] = [
  [
    'undici',
    async (path) => {
      const sent = {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: '{"a":1}',
      } as const;
      const { statusCode, headers: received, body } = await undiciRequest(gateway.url + path, sent);
      return {
        status: statusCode,
        body: await body.json(),
        upstreamId: received['x-upstream-request-id'],
      };
    },
  ],
  [
    'axios',
    async (path) => {
      const answer = await axios.post(gateway.url + path, { a: 1 }, { headers, validateStatus: () => true });
      const { data } = answer;
      const body = typeof data === 'string' ? JSON.parse(data) : data;
      return { status: answer.status, body, upstreamId: answer.headers['x-upstream-request-id'] };
    },
  ],
  [
    'got',
    async (path) => {
      const options = { headers, json: { a: 1 }, throwHttpErrors: false, retry: { limit: 0 } };
      const answer = await got.post(gateway.url + path, options);
      return {
        status: answer.statusCode,
        body: JSON.parse(answer.body),
        upstreamId: answer.headers['x-upstream-request-id'],
      };
    },
  ],
];

test.each(clients)('%s: bodies, compression, tracing headers and errors', async (_name, call) => {
  expect(await call('/api/customers')).toMatchObject({ status: 200, body: { received: '{"a":1}' } });
  expect(last().headers).toMatchObject({
    baggage: 'a=b',
    'last-event-id': '5',
    'content-type': 'application/json',
  });
  expect(await call('/api/missing')).toEqual({ status: 404, body: { message: 'none' }, upstreamId: 'up-1' });
  expect(await call('/other/x')).toMatchObject({ status: 404, body: { code: 'unknown_endpoint' } });
});
