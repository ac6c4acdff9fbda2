/** "34 ms", "1.2 s". */
export const msText = (ms: number): string =>
  ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;

const UNITS = ['KB', 'MB', 'GB'] as const;

/** "1 byte", "34 bytes", "1.4 KB". */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const step = Math.min(UNITS.length, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1_000 ** step).toFixed(1)} ${UNITS[step - 1]}`;
}

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
