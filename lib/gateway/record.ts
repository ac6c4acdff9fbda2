import { REASONS, type Reason } from '#lib/refusals/reasons.ts';
import type { CallSubject, Completion, GatewayPorts } from './ports.ts';

type RecordPorts = Pick<GatewayPorts, 'usage' | 'quota'>;

/** Records that a request is about to be forwarded. If it can't be recorded, the limits get the request back. */
export function recordIntent({ usage, quota }: RecordPorts, subject: CallSubject): Promise<void> {
  return attempt(() => usage.intent(subject)).catch((error: unknown) => {
    quota.giveBack(subject.credential, subject.day);
    throw error;
  });
}

/** Records a request that was not forwarded. */
export function recordRefusal(
  { usage }: Pick<RecordPorts, 'usage'>,
  subject: CallSubject,
  reason: Reason,
  latencyMs: number,
): Promise<void> {
  return attempt(() => usage.refuse(subject, { status: REASONS[reason].status, reason, latencyMs }));
}

/** Records how a forwarded request ended. If it doesn't count, the limits get the request back. */
export function recordCompletion(
  { usage, quota }: RecordPorts,
  subject: CallSubject,
  completion: Completion,
): Promise<void> {
  if (!completion.counted) quota.giveBack(subject.credential, subject.day);
  return attempt(() => usage.complete(subject, completion));
}

/** Turns a synchronous error into a rejection, so that the request still gets a response. */
function attempt(write: () => Promise<void>): Promise<void> {
  try {
    return write();
  } catch (error) {
    return Promise.reject(error);
  }
}
