import { z } from 'zod';
import { currentUser } from '#app/_http/session.ts';
import type { SendResult, Succeeded } from '#app/t/[team]/tester/send-result.ts';
import { database } from '#db/client.ts';
import { Forbidden } from '#lib/access/errors.ts';
import { findMember } from '#lib/access/member.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { env } from '#lib/env.ts';
import { REASONS, type Reason } from '#lib/refusals/reasons.ts';
import { type Sent, sendRequest } from '#lib/tester/send-request.ts';
import { TesterSend } from '#lib/tester/tester-input.ts';

const BODY_BYTES_MAX = 2_000_000;

/**
 * Sends one request of the API Tester. A route instead of an action: it can be canceled and doesn't block navigation.
 * middleware.ts rejects requests from other sites.
 */
export async function POST(request: Request, { params }: { params: Promise<{ team: string }> }) {
  const user = await currentUser();
  if (!user) return reply(401, { ok: false, reason: 'signed_out' });
  const db = database();
  const member = await findMember(db, user, (await params).team);
  if (!member) return reply(404, { ok: false, reason: 'forbidden' });
  const parsed = TesterSend.safeParse(await jsonOf(request));
  if (!parsed.success) return reply(400, invalid(parsed.error));
  const { GATEWAY_INTERNAL_URL, GATEWAY_URL, LATCHKEY_ENCRYPTION_KEY } = env();
  const gateway = { url: GATEWAY_INTERNAL_URL ?? GATEWAY_URL, ticketKey: LATCHKEY_ENCRYPTION_KEY };
  try {
    const outcome = await sendRequest({ db, member, gateway, signal: request.signal }, parsed.data);
    return reply(200, outcome.ok ? explained(outcome) : outcome);
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    await recordAudit(db, member, 'access.deny', { kind: 'permission', id: error.action ?? 'unknown' });
    return reply(403, { ok: false, reason: 'forbidden' });
  }
}

const reply = (status: number, result: SendResult) =>
  Response.json(result, { status, headers: { 'Cache-Control': 'no-store' } });

async function jsonOf(request: Request): Promise<unknown> {
  // A body that declares too large a size isn't read.
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return null;
  const isJson = request.headers.get('content-type')?.startsWith('application/json');
  const text = isJson ? await request.text() : '';
  if (text.length > BODY_BYTES_MAX) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // Rejected as malformed.
  }
}

/** Validation errors by field. */
function invalid(error: z.ZodError): SendResult {
  const fields: Record<string, string> = {};
  for (const { path, message } of error.issues) {
    const [values, place, name] = path.map(String);
    if (values !== 'values' || place === undefined) return { ok: false, reason: 'malformed' };
    fields[name === undefined ? place : `${place} ${name}`] ??= message;
  }
  return { ok: false, reason: 'invalid', fields };
}

const Problem = z.object({ type: z.string(), code: z.string() });

/** A response with an explanation, if it's an error of our own gateway. */
function explained(sent: Sent): Succeeded {
  const { body } = sent.response;
  let explanation: Succeeded['explanation'] = null;
  if (body.kind === 'text' && body.contentType.startsWith('application/problem+json')) {
    const { data } = Problem.safeParse(parsedOrNull(body.text));
    if (
      data &&
      Object.hasOwn(REASONS, data.code) &&
      data.type === `${env().PORTAL_URL}/docs/errors/${data.code}`
    ) {
      const code = data.code as Reason; // Checked above.
      explanation = { code, title: REASONS[code].title, advice: REASONS[code].advice };
    }
  }
  return { ...sent, explanation };
}

function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // Not one of our errors.
  }
}
