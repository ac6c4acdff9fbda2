import { createServer, type ServerResponse } from 'node:http';

/** How the stub responds to one request. `cut`: it accepts the email and drops the connection. */
export type Answer = 'accept' | 'busy' | 'broken' | 'hang' | 'cut';

export type Received = { key: string; body: string; authorization: string; accepted: boolean };

/**
 * A stub of Resend's HTTP API: a repeated Idempotency-Key is the same email, and one with a different body is rejected.
 * `plan` returns how to respond to the n-th request (from 0) for the k-th key (from 0).
 */
export async function resendStub(plan: (key: number, request: number) => Answer = () => 'accept') {
  const requests: Received[] = [];
  const sent = new Map<string, { to: string; subject: string; html: string; text: string }>();
  const hanging = new Set<ServerResponse>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const key = String(request.headers['idempotency-key'] ?? '');
    const earlier = requests.filter((other) => other.key === key);
    const keys = [...new Set(requests.map((other) => other.key))];
    const answer = plan(earlier.length ? keys.indexOf(key) : keys.length, earlier.length);
    const accepted = answer === 'accept' || answer === 'cut';
    requests.push({ key, body, authorization: String(request.headers.authorization), accepted });
    const say = (status: number, json: object, headers = {}) =>
      response
        .writeHead(status, { 'Content-Type': 'application/json', ...headers })
        .end(JSON.stringify(json));
    if (request.method !== 'POST' || request.url !== '/emails' || !key)
      return void say(404, { name: 'not_found' });
    if (answer === 'busy')
      return void say(429, { name: 'rate_limit_exceeded', message: 'slow down' }, { 'Retry-After': '0' });
    if (answer === 'broken') return void say(500, { name: 'internal_server_error', message: 'sorry' });
    if (answer === 'hang') return void hanging.add(response);
    const isOther = earlier.some((other) => other.accepted && other.body !== body);
    if (isOther) return void say(409, { name: 'invalid_idempotent_request', message: 'another body' });
    sent.set(key, JSON.parse(body));
    if (answer === 'cut') return void request.socket.destroy();
    say(200, { id: key });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number }; // A TCP socket has a port.
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    sent,
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
