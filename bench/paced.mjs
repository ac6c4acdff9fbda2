// A separate process that sends requests at a fixed rate, regardless of the responses, and prints its measurements as JSON.
// MODE=calls: GET with a key. MODE=logins: sign-ins with a wrong password, each for a different address.
import { Agent, request } from 'node:http';

const { MODE, URL: target = '', KEY = '', RATE = '200', SECONDS = '8' } = process.env;
const agent = new Agent({ keepAlive: true, maxSockets: 512 });
const seconds = Number(SECONDS);
/** Percentiles of slices: a moment in which the disk stalls is then one of many, not the whole result. */
const SLICE_MS = 5_000;
const slices = Array.from({ length: Math.ceil((seconds * 1_000) / SLICE_MS) }, () => []);
const statuses = {};

const send = (url, { body, ...options }) =>
  new Promise((resolve) => {
    const sent = request(url, { agent, timeout: 30_000, ...options }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.on('error', () => resolve({ status: 'broken' }));
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve({ status: 'broken' }));
    sent.end(body);
  });

async function prepared() {
  if (MODE === 'calls') return () => send(target, { headers: { 'X-API-Key': KEY } });
  const { headers, text } = await send(`${target}/api/auth/csrf`, {});
  const { csrfToken } = JSON.parse(text);
  const cookie = headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');
  let sent = 0;
  return () => {
    const email = `nobody-${sent++}@example.com`;
    const body = new URLSearchParams({
      email,
      password: 'a wrong pass phrase',
      csrfToken,
      json: 'true',
    }).toString();
    const type = 'application/x-www-form-urlencoded';
    return send(`${target}/api/auth/callback/credentials`, {
      method: 'POST',
      headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), Cookie: cookie },
      body,
    });
  };
}

const once = await prepared();
const began = performance.now();
const pending = [];
for (let sent = 0; sent < seconds * Number(RATE); ) {
  const due = Math.floor(((performance.now() - began) / 1_000) * Number(RATE));
  for (; sent < due; sent++) {
    // From when it was due, so that time spent waiting in this process is included.
    const dueAt = began + ((sent + 1) / Number(RATE)) * 1_000;
    pending.push(
      once().then(({ status }) => {
        statuses[status] = (statuses[status] ?? 0) + 1;
        slices[Math.floor((dueAt - began - 1) / SLICE_MS)].push(performance.now() - dueAt);
      }),
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
await Promise.all(pending);
const at = (times, share) => times.sort((a, b) => a - b)[Math.floor((times.length - 1) * share)];
const percentiles = slices.map((times) => ({ p50Ms: at(times, 0.5), p99Ms: at(times, 0.99) }));
process.stdout.write(`${JSON.stringify({ statuses, slices: percentiles })}\n`);
agent.destroy();
