import { expect, test } from 'vitest';
import { encodeBatch, readSegment } from './segment.ts';

const batches = ['["i","a"]\n', '["i","b"]\n["c","a"]\n', '["r","é😀"]\n'];
const file = Buffer.concat(batches.map((text) => encodeBatch(text)));

test('reads back what was written', () => {
  expect(readSegment(file)).toEqual({
    text: '["i","a"]\n["i","b"]\n["c","a"]\n["r","é😀"]',
    lines: 4,
    damaged: Buffer.alloc(0),
  });
});

test('a segment cut at any byte keeps its whole batches and returns the rest as damaged', () => {
  const ends = [
    0,
    ...batches.map((_, i) => Buffer.concat(batches.slice(0, i + 1).map((text) => encodeBatch(text))).length),
  ];
  for (let cut = 0; cut <= file.length; cut++) {
    const read = readSegment(file.subarray(0, cut));
    const whole = ends.filter((end) => end <= cut).length - 1;
    expect(read.text, `cut at ${cut}`).toBe(
      batches.slice(0, whole).join('').trimEnd().replaceAll('\n\n', '\n'),
    );
    expect(read.damaged.length, `cut at ${cut}`).toBe(cut - ends[whole]!);
  }
});

test('a flipped bit loses only its own batch', () => {
  for (let at = 0; at < file.length; at++) {
    const flipped = Buffer.from(file);
    flipped[at]! ^= 0x04;
    const kept = readSegment(flipped).lines;
    expect(kept, `byte ${at}`).toBeGreaterThanOrEqual(2);
    expect(kept, `byte ${at}`).toBeLessThan(4);
  }
});

test('foreign bytes are returned as damaged and preallocated zeros are skipped', () => {
  const mixed = Buffer.concat([Buffer.from('garbage\n#12 nothex\n'), file, Buffer.alloc(5_000)]);
  const read = readSegment(mixed);
  expect(read.lines).toBe(4);
  expect(read.damaged.toString()).toBe('garbage\n#12 nothex\n');
});
