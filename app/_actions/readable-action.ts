/** IDs of server actions: one byte of flags and a SHA-1, in hex. */
const ACTION_ID = /^[0-9a-f]{40,42}$/;
/**
 * Whether a request that calls a server action can be decoded. Next returns 500 for one that can't, and logs a stack.
 * Requests that don't call an action are readable.
 */
export async function isReadableAction(request: Request): Promise<boolean> {
  const id = request.headers.get('next-action');
  if (request.method !== 'POST') return true;
  const type = request.headers.get('content-type') ?? '';
  const isForm = type.startsWith('multipart/form-data');
  if (id === null) return !isForm || (await readForm(request)) !== null;
  if (!ACTION_ID.test(id)) return false;
  const list = isForm ? (await readForm(request))?.get('0') : await request.clone().text();
  return isArgumentList(list);
}

async function readForm(request: Request): Promise<FormData | null> {
  try {
    return await request.clone().formData();
  } catch {
    return null; // Malformed, so not readable.
  }
}

/** An argument list in React's encoding is a JSON array. */
function isArgumentList(text: unknown): boolean {
  if (typeof text !== 'string') return false;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
