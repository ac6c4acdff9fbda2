/** A body as the page shows it. `cut`: it is longer than what is kept. */
export type BodyContent =
  | { kind: 'empty' }
  | { kind: 'text'; text: string; contentType: string; charset: string; cut: boolean }
  | { kind: 'binary'; base64: string; contentType: string; encoding: string; cut: boolean };

const TEXT =
  /^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml|yaml|javascript|x-www-form-urlencoded|graphql|problem)|image\/svg)/i;

/** Detects text: by its media type, by decoding in its charset, and by having no NUL. */
export function bodyContent(bytes: Buffer, headers: readonly [string, string][], cut: boolean): BodyContent {
  if (bytes.length === 0) return { kind: 'empty' };
  const value = (name: string) => headers.find(([given]) => given.toLowerCase() === name)?.[1] ?? '';
  const contentType = value('content-type');
  const encoding = value('content-encoding');
  const charset = /;\s*charset="?([\w:.-]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  const isText =
    (contentType === '' || TEXT.test(contentType)) && (encoding === '' || encoding === 'identity');
  const text = isText ? decode(bytes, charset) : null;
  if (text !== null && !text.includes('\0')) return { kind: 'text', text, contentType, charset, cut };
  return { kind: 'binary', base64: bytes.toString('base64'), contentType, encoding, cut };
}

/** Null if the charset is unknown or the bytes aren't valid in it. */
function decode(bytes: Buffer, charset: string): string | null {
  try {
    // As a stream, so a character cut off at the end isn't an error.
    return new TextDecoder(charset, { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null; // Shown as bytes.
  }
}
