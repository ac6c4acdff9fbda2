import { request as httpRequest, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { nodeGateway, pair } from '#tests/support/node-gateway.ts';

/** Headers and trailers between a real client and a real upstream. */

const withTrailers = (trailers: string[][]) => ({
  upstream: (request: IncomingMessage, response: import('node:http').ServerResponse) => {
    request.resume();
    response.writeHead(200, { Trailer: 'X-Checksum' });
    response.write('body');
    response.addTrailers(trailers as [string, string][]);
    response.end();
  },
});

function get(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { headers: { 'X-API-Key': pair.secretKey, ...headers } }, (response) => {
      response.resume().once('end', () => resolve(response));
    });
    sent.once('error', reject).end();
  });
}

test('trailers reach a client that accepts them, without those that only the gateway may send', async () => {
  const gateway = await nodeGateway(
    withTrailers([
      ['X-Checksum', 'abc'],
      ['Set-Cookie', 'a=b'],
      ['X-Request-Id', 'forged'],
    ]),
  );
  try {
    const accepting = await get(`${gateway.url}/api/x`, { TE: 'trailers' });
    expect([accepting.statusCode, accepting.trailers]).toEqual([200, { 'x-checksum': 'abc' }]);
    expect((await get(`${gateway.url}/api/x`, {})).trailers).toEqual({});
  } finally {
    await gateway.stop();
  }
});

test('an upstream gets the Origin only if the operator lists it', async () => {
  const seen: IncomingMessage['headers'][] = [];
  for (const names of [['x-tenant'], ['x-tenant', 'origin']]) {
    const gateway = await nodeGateway({
      upstream: (request, response) => {
        seen.push(request.headers);
        response.end('ok');
      },
      policy: { mode: 'only', names: new Set(names) },
    });
    try {
      const headers = { Origin: 'https://site.test', 'X-Tenant': 't', 'X-Other': 'o' };
      expect((await get(`${gateway.url}/api/x`, headers)).statusCode).toBe(200);
    } finally {
      await gateway.stop();
    }
  }
  expect(seen.map((headers) => headers.origin)).toEqual([undefined, 'https://site.test']);
  for (const headers of seen) {
    expect(headers).toMatchObject({ 'x-tenant': 't', 'x-latchkey-team': 'team_1' });
    expect(headers).not.toHaveProperty('x-other');
  }
});
