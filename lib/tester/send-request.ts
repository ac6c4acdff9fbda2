import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#db/client.ts';
import { testerRequests } from '#db/schema/tester.ts';
import type { Member } from '#lib/access/member.ts';
import type { TesterCall } from './build-call.ts';
import { callGateway, type TesterResponse } from './call-gateway.ts';
import { type NotSent, type Prepared, prepareRequest } from './prepare-request.ts';
import type { StoredRequest, TesterSend } from './tester-input.ts';
import { digestBody, signTicket, TICKET_HEADER } from './ticket.ts';

type TesterGateway = {
  /** The gateway's URL for this process. */
  url: string;
  /** LATCHKEY_ENCRYPTION_KEY. */
  ticketKey: string;
};

export type Sent = {
  ok: true;
  /** The request as sent, for the equivalent `curl`. Its headers don't include the ticket. */
  call: TesterCall;
  sharedKey: string;
  requestId: string | null;
  response: TesterResponse;
};

export type SendOutcome = Sent | NotSent | { ok: false; reason: 'unreachable' | 'timeout' | 'cancelled' };

/**
 * Sends a request through the gateway with one of the member's credentials. Uses a ticket instead of the secret key: valid
 * once, for a few seconds, for this credential, method, target and body.
 */
export async function sendRequest(
  context: { db: Db; member: Member; gateway: TesterGateway; signal?: AbortSignal },
  input: TesterSend,
): Promise<SendOutcome> {
  const { db, member, gateway, signal } = context;
  const prepared = await prepareRequest({ db, member }, input);
  if (!prepared.ok) return prepared;
  const { call } = prepared;
  const reached = await callGateway(
    gateway.url,
    call,
    [[TICKET_HEADER, await ticketFor(context, prepared)]],
    signal,
  );
  if (!reached.ok) return reached;

  const { response } = reached;
  const given = response.headers.find(([name]) => name.toLowerCase() === 'x-request-id')?.[1];
  const requestId = z.uuid().safeParse(given).data ?? null;
  const stored: StoredRequest = {
    values: input.values,
    answer: { status: response.status, timeMs: Math.round(response.timeMs) },
  };
  // From now on, the row has the ID of the request in the log.
  await db
    .update(testerRequests)
    .set({ input: stored, ...(requestId ? { id: requestId } : {}) })
    .where(and(eq(testerRequests.id, prepared.id), eq(testerRequests.teamId, member.teamId)));
  return { ok: true, call, sharedKey: prepared.credential.sharedKey, requestId, response };
}

function ticketFor(
  { member, gateway }: { member: Member; gateway: TesterGateway },
  prepared: Prepared,
): Promise<string> {
  const { call, credential, nowMs } = prepared;
  const claims = {
    keyId: credential.keyId,
    memberId: member.memberId,
    clientIp: member.ip,
    method: call.method,
    target: call.target,
    bodyDigest: digestBody(call.body ?? ''),
  };
  return signTicket(gateway.ticketKey, claims, nowMs);
}
