import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { Trace } from '#lib/gateway/explain.ts';
import { explainCall } from '#lib/gateway/explain-call.ts';
import { REASONS, type Reason } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

/** What a recorded call met, step by step; null where its key is no longer there to tell. */
export async function explainRequest(
  context: { db: Queryable; member: Member },
  request: RequestDetail,
): Promise<Trace | null> {
  const { keyId, clientIp, endpointId, method, path, at, reason } = request;
  const [, api = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(path) ?? [];
  const explained = await explainCall(context, {
    keyId,
    ip: clientIp,
    at,
    endpoint: endpointId
      ? { id: endpointId }
      : { api: api.slice(0, 63), method, path: (rest || '/').slice(0, 2_048) },
    // Just checked; what failed behind the gateway is no step of it.
    recorded: reason !== null && reason in REASONS ? (reason as Reason) : null,
  });
  return explained.ok ? explained.trace : null;
}
