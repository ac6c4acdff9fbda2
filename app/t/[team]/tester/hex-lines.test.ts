import { expect, test } from 'vitest';
import { hexLines } from './hex-lines.ts';

test('a hex dump has sixteen bytes per line, up to a number of lines', () => {
  const bytes = new Uint8Array(40).map((_, i) => i + 60);
  expect(hexLines(bytes, 2)).toBe(
    [
      '000000  3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK',
      '000010  4c 4d 4e 4f 50 51 52 53 54 55 56 57 58 59 5a 5b  LMNOPQRSTUVWXYZ[',
    ].join('\n'),
  );
});
