import { encode } from 'uqr';

/** A QR code as one SVG path on a square of `size` modules, with the quiet zone of four that readers expect. */
export function qrOf(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : [])))
    .join('');
  return { path, size };
}
