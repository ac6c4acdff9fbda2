import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { Trace } from '#lib/gateway/explain.ts';
import { explainCall } from '#lib/gateway/explain-call.ts';
import { isReason } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

/** How the gateway decided on a recorded request, step by step; null if its key no longer exists. */
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
    recorded: reason !== null && isReason(reason) ? reason : null,
  });
  return explained.ok ? explained.trace : null;
}
