import type { SendOutcome, Sent } from '#lib/tester/send-request.ts';

/** What `send` answers: an outcome of the verb, with the gateway's refusal explained; or why there was none. */
export type Answered = Sent & { explanation: { code: string; title: string; advice: string } | null };
export type Failed =
  | Exclude<SendOutcome, Sent>
  | { ok: false; reason: 'forbidden' | 'signed_out' | 'malformed' | 'no_connection' };
export type SendResult = Answered | Failed;

/** Why nothing was answered, and what to do next. */
export function failureText(failed: Failed): string {
  switch (failed.reason) {
    case 'credential_not_found':
      return 'This key can not be used any more: it was paused, revoked or has expired. Choose another one.';
    case 'endpoint_not_connected':
      return "The key's app is not connected to this endpoint any more. Connect it under Connected APIs, or choose another endpoint.";
    case 'confirmation_needed':
      return 'Confirm that this goes out with a Production key.';
    case 'suspended':
      return 'Your account in this team is suspended. Ask an owner or admin.';
    case 'too_many':
      return `You have sent many requests in a minute. Try again in ${failed.retryAfterSeconds} s.`;
    case 'invalid':
      return 'Some values can not be sent. See the marked fields.';
    case 'unreachable':
      return 'The portal could not reach the gateway. Try again; if it stays, tell the operator (GATEWAY_INTERNAL_URL).';
    case 'timeout':
      return 'No answer came within a minute. The request may still have had an effect: look into the Request Logs before you repeat it.';
    case 'cancelled':
      return 'Cancelled. The API may have received the request all the same.';
    case 'forbidden':
      return 'Your role does not allow this.';
    case 'signed_out':
      return 'You are signed out. Sign in again in another tab, then send once more.';
    case 'malformed':
      return 'This could not be sent. Reload the page and try again.';
    case 'no_connection':
      return 'The portal does not answer. Check your connection and try again.';
  }
}
