const PERCENT = 37;

/** Whether a path has a `.` or `..` as a segment, in any encoding. Servers read `/..;a/` as `/../`. */
export const hasDotSegment = (path: string): boolean =>
  /[/\\]\.{1,2}(?:[/\\;]|$)/.test(path.includes('%') ? decodeFully(path) : path);

/**
 * Decodes until nothing is encoded anymore, as a chain of servers would in the worst case. Each decoded byte can complete
 * the next encoding, so one pass is enough.
 */
function decodeFully(path: string): string {
  const codes: number[] = [];
  for (let i = 0; i < path.length; i++) {
    codes.push(path.charCodeAt(i));
    for (let byte = encodedAtEnd(codes); byte >= 0; byte = encodedAtEnd(codes)) {
      codes.length -= 3;
      codes.push(byte);
    }
  }
  return Buffer.from(codes).toString('latin1');
}

function encodedAtEnd(codes: readonly number[]): number {
  if (codes.at(-3) !== PERCENT) return -1;
  const [high, low] = [hexDigit(codes.at(-2)!), hexDigit(codes.at(-1)!)];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
