/** A hex dump with sixteen bytes per line. */
export function hexLines(bytes: Uint8Array, lines = 32): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length && rows.length < lines; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const digits = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const characters = row
      .map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.'))
      .join('');
    rows.push(`${at.toString(16).padStart(6, '0')}  ${digits.padEnd(47)}  ${characters}`);
  }
  return rows.join('\n');
}
