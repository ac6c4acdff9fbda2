const READABLE = /^[A-Za-z0-9][\w.~-]*(?:\/[A-Za-z0-9][\w.~-]*){0,4}$/;
const RESERVED = /^(?:schemas(?:\/|$)|[0-9a-f]{8}-[0-9a-f-]{27}$)/i;

/** Identifies an endpoint in the URL of its docs page: its operation ID if that is usable in a URL. */
export function operationKey(endpoint: { id: string; operationId: string | null; unique: boolean }): string {
  const { id, operationId, unique } = endpoint;
  return operationId &&
    unique &&
    operationId.length <= 150 &&
    READABLE.test(operationId) &&
    !RESERVED.test(operationId)
    ? operationId
    : id;
}
