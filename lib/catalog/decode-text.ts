const MARKS = [
  { label: 'utf-8', bytes: [0xef, 0xbb, 0xbf] },
  { label: 'utf-16le', bytes: [0xff, 0xfe] },
  { label: 'utf-16be', bytes: [0xfe, 0xff] },
] as const;

/** Decodes UTF-8 or UTF-16, by its byte order mark or by the zero bytes of its first character (RFC 4627 section 3). */
export function decodeText(bytes: Uint8Array): { ok: true; text: string } | { ok: false; reason: string } {
  const mark = MARKS.find((known) => known.bytes.every((byte, i) => bytes[i] === byte));
  const label = mark?.label ?? withoutMark(bytes);
  try {
    return { ok: true, text: new TextDecoder(label, { fatal: true }).decode(bytes) };
  } catch {
    const readable = new TextDecoder(label).decode(bytes);
    const line = readable.slice(0, readable.indexOf('\uFFFD')).split('\n').length;
    return {
      ok: false,
      reason: `Line ${line} isn’t valid ${label.slice(0, 6).toUpperCase()}. Save the file as UTF-8.`,
    };
  }
}

function withoutMark([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0 && second) return 'utf-16be';
  return first && second === 0 ? 'utf-16le' : 'utf-8';
}
