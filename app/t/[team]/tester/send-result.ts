import type { SendOutcome, Sent } from '#lib/tester/send-request.ts';

/** The result of `send`: a response, with an explanation if it's an error of the gateway, or why there is none. */
export type Succeeded = Sent & { explanation: { code: string; title: string; advice: string } | null };
export type Failed =
  | Exclude<SendOutcome, Sent>
  | { ok: false; reason: 'forbidden' | 'signed_out' | 'malformed' | 'no_connection' };
export type SendResult = Succeeded | Failed;

/** Why there is no response, and what to do next. */
export function failureText(failed: Failed): string {
  switch (failed.reason) {
    case 'credential_not_found':
      return 'This key is no longer active: it was paused, revoked or has expired. Choose another key.';
    case 'endpoint_not_connected':
      return 'The key’s app is no longer connected to this endpoint. Connect it under Connected APIs, or choose another endpoint.';
    case 'confirmation_needed':
      return 'Confirm that you want to send this with a Production key.';
    case 'suspended':
      return 'Your account in this team is suspended. Ask an owner or admin.';
    case 'too_many':
      return `You’ve sent too many requests. Try again in ${failed.retryAfterSeconds} s.`;
    case 'invalid':
      return 'Some values are invalid. Check the marked fields.';
    case 'unreachable':
      return 'The portal can’t reach the gateway. Try again. If it keeps failing, ask your operator to check GATEWAY_INTERNAL_URL.';
    case 'timeout':
      return 'There was no response within a minute. The request may still have had an effect. Check the Request Logs before you send it again.';
    case 'cancelled':
      return 'Canceled. The API may have received the request.';
    case 'forbidden':
      return 'Your role doesn’t allow this.';
    case 'signed_out':
      return 'You’re signed out. Sign in again in another tab, then send the request again.';
    case 'malformed':
      return 'The request couldn’t be sent. Reload the page and try again.';
    case 'no_connection':
      return 'The portal isn’t responding. Check your connection and try again.';
  }
}
