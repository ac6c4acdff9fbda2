import { request } from 'node:http';
import { eq } from 'drizzle-orm';
import { afterEach, expect, test, vi } from 'vitest';
import type { Db } from '#db/client.ts';
import { testerRequests } from '#db/schema/tester.ts';
import type { Member } from '#lib/access/member.ts';
import { log } from '#lib/process/log.ts';
import { withDb } from '#tests/support/database.ts';
import { TICKET_KEY, testerGateway } from '#tests/support/tester-gateway.ts';
import { testerRows } from '#tests/support/tester-rows.ts';
import { KEPT_BYTES } from './call-gateway.ts';
import { listTesterRequests } from './list-tester-requests.ts';
import { sendRequest } from './send-request.ts';
import type { TesterSend } from './tester-input.ts';
import { signTicket } from './ticket.ts';

type Opened = Awaited<ReturnType<typeof testerGateway>>;
type Known = Partial<Parameters<typeof testerGateway>[0]>;
type Handler = Parameters<typeof testerGateway>[1];

let opened: Opened[] = [];
afterEach(async () => {
  for (const gateway of opened) await gateway.stop();
  opened = [];
});

async function open(rows: Awaited<ReturnType<typeof testerRows>>, handler: Handler, known: Known = {}) {
  const gateway = await testerGateway({ keyId: rows.key.keyId, endpointId: rows.get.id, ...known }, handler);
  opened.push(gateway);
  return gateway;
}

const through = (gateway: Opened, db: Db, member: Member, input: TesterSend, signal?: AbortSignal) =>
  sendRequest(
    { db, member, gateway: { url: gateway.url, ticketKey: TICKET_KEY }, ...(signal ? { signal } : {}) },
    input,
  );

test(
  'a request is sent through the gateway with a ticket instead of a secret, and gets a response',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"city":"lisbon"}');
    });
    const sent = await through(gateway, db, rows.member, rows.send());
    expect(sent).toMatchObject({
      ok: true,
      sharedKey: rows.key.sharedKey,
      response: {
        status: 200,
        body: { kind: 'text', text: '{"city":"lisbon"}' },
        sizeBytes: 17,
        incomplete: false,
      },
    });
    expect(gateway.seen).toMatchObject([{ method: 'GET', url: '/cities/lisbon' }]);
    const { headers } = gateway.seen[0]!;
    expect(Object.keys(headers).filter((name) => /ticket|authorization|api-key|secret/.test(name))).toEqual(
      [],
    );
    expect(gateway.calls).toMatchObject([{ via: 'tester', credential: { keyId: rows.key.keyId } }]);
    // The browser receives neither the ticket nor the secret.
    expect(JSON.stringify(sent)).not.toMatch(/v1\.ey|lk_sk_/);
    const requestId = sent.ok ? sent.requestId : null;
    expect(requestId).toBe(gateway.calls[0]!.id);
    expect(await listTesterRequests({ db, member: rows.member })).toMatchObject([
      { id: requestId, status: 200 },
    ]);
  }),
);

test(
  'the body, its type and the path arrive unchanged',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (_request, response) => void response.writeHead(204).end(), {
      endpointId: rows.post.id,
    });
    const body = '{"note":"São João"}';
    const values = { ...rows.send().values, path: {}, contentType: 'application/json', body };
    const sent = await through(gateway, db, rows.member, rows.send({ endpointId: rows.post.id, values }));
    expect(sent).toMatchObject({ ok: true, response: { status: 204, body: { kind: 'empty' } } });
    expect(gateway.seen).toMatchObject([{ method: 'POST', url: '/notes', body }]);
    expect(gateway.seen[0]!.headers['content-type']).toBe('application/json');
  }),
);

test(
  'encoded values arrive byte for byte',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (_request, response) => void response.end('ok'));
    const values = { ...rows.send().values, path: { city: 'São Paulo & more' } };
    await through(gateway, db, rows.member, rows.send({ values }));
    expect(gateway.seen[0]!.url).toBe('/cities/S%C3%A3o%20Paulo%20%26%20more');
  }),
);

test(
  'an error of the gateway is a response like any other',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (_request, response) => void response.end(), { status: 'revoked' });
    const sent = await through(gateway, db, rows.member, rows.send());
    expect(sent).toMatchObject({ ok: true, response: { status: 401 } });
    const { body } = (sent as Extract<typeof sent, { ok: true }>).response; // Checked above.
    expect(body.kind === 'text' && JSON.parse(body.text)).toMatchObject({ code: 'credential_revoked' });
    expect(gateway.seen).toEqual([]);
  }),
);

test(
  "allowed IPs apply to the member's address, not the portal's",
  withDb(async (db) => {
    const rows = await testerRows(db);
    const handler: Handler = (_request, response) => void response.end('ok');
    const near = await open(rows, handler, { allowedIps: ['192.0.2.1'] });
    expect(await through(near, db, rows.member, rows.send())).toMatchObject({ response: { status: 200 } });
    const portal = await open(rows, handler, { allowedIps: ['127.0.0.1'] });
    expect(await through(portal, db, rows.member, rows.send())).toMatchObject({ response: { status: 403 } });
  }),
);

test(
  'a redirect is shown, not followed',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (request, response) => {
      response.writeHead(302, { Location: `http://${request.headers.host}/elsewhere` }).end();
    });
    expect(await through(gateway, db, rows.member, rows.send())).toMatchObject({ response: { status: 302 } });
    expect(gateway.seen).toHaveLength(1);
  }),
);

test(
  'only the start of a large body is kept, but all of it is counted',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const size = KEPT_BYTES * 3;
    const gateway = await open(rows, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end(Buffer.alloc(size, 'x'));
    });
    const sent = await through(gateway, db, rows.member, rows.send());
    expect(sent).toMatchObject({
      response: { sizeBytes: size, incomplete: false, body: { kind: 'text', cut: true } },
    });
    const { body } = (sent as Extract<typeof sent, { ok: true }>).response; // Checked above.
    expect(body.kind === 'text' && body.text.length).toBe(KEPT_BYTES);
  }),
);

test(
  'a binary body is Base64, and a truncated body is marked as incomplete',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const bytes = Buffer.from([0x89, 0x50, 0x4e, 0x47]);
    const picture = await open(rows, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'image/png' }).end(bytes);
    });
    expect(await through(picture, db, rows.member, rows.send())).toMatchObject({
      response: { body: { kind: 'binary', base64: bytes.toString('base64') } },
    });
    const logged = vi.spyOn(log, 'warn').mockImplementation(() => {});
    const broken = await open(rows, (incoming, response) => {
      response
        .writeHead(200, { 'Content-Type': 'text/plain' })
        .write('half', () => incoming.socket.destroy());
    });
    expect(await through(broken, db, rows.member, rows.send())).toMatchObject({
      response: { status: 200, incomplete: true, body: { kind: 'text', text: 'half' } },
    });
    expect(logged.mock.calls.map(([, message]) => message)).toEqual(['The upstream failed']);
  }),
);

test(
  'an unreachable gateway is reported, and the request stays in the history without a response',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = { url: 'http://127.0.0.1:1', ticketKey: TICKET_KEY };
    expect(await sendRequest({ db, member: rows.member, gateway }, rows.send())).toEqual({
      ok: false,
      reason: 'unreachable',
    });
    expect(await listTesterRequests({ db, member: rows.member })).toMatchObject([{ status: null }]);
  }),
);

test(
  'canceling aborts the request',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const cancel = new AbortController();
    let gone = () => {};
    const left = new Promise<void>((resolve) => (gone = resolve));
    const gateway = await open(rows, (_request, response) => {
      response.on('close', gone);
      cancel.abort();
    });
    expect(await through(gateway, db, rows.member, rows.send(), cancel.signal)).toEqual({
      ok: false,
      reason: 'cancelled',
    });
    await left;
  }),
);

test(
  'a ticket with another key, target or credential is rejected, as is an expired or used one',
  withDb(async (db) => {
    const rows = await testerRows(db);
    const gateway = await open(rows, (_request, response) => void response.end('ok'));
    const claims = {
      ...{ keyId: rows.key.keyId, memberId: rows.member.memberId, clientIp: null },
      ...{ method: 'GET', target: '/weather/cities/lisbon' },
    };
    const status = (target: string, ticket: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(`${gateway.url}${target}`, { headers: { 'X-Latchkey-Ticket': ticket } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    const ticket = await signTicket(TICKET_KEY, claims, Date.now());
    expect(await status('/weather/cities/porto', ticket)).toBe(401);
    expect(await status(claims.target, ticket)).toBe(200);
    expect(await status(claims.target, ticket)).toBe(401);
    expect(await status(claims.target, await signTicket('00'.repeat(32), claims, Date.now()))).toBe(401);
    expect(await status(claims.target, await signTicket(TICKET_KEY, claims, Date.now() - 60_000))).toBe(401);
    const other = await signTicket(TICKET_KEY, { ...claims, keyId: 'A'.repeat(16) }, Date.now());
    expect(await status(claims.target, other)).toBe(401);
    expect(await db.$count(testerRequests, eq(testerRequests.teamId, rows.member.teamId))).toBe(0);
  }),
);
