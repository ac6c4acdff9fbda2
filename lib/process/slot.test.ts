import { expect, test, vi } from 'vitest';
import { slot } from './slot.ts';

test('every copy of the module shares one value, created at the first use', async () => {
  const create = vi.fn(() => ({ count: 0 }));
  slot('test', create).count++;

  vi.resetModules();
  const copy = await import('./slot.ts');

  expect(copy.slot).not.toBe(slot);
  expect(copy.slot('test', create)).toEqual({ count: 1 });
  expect(create).toHaveBeenCalledOnce();
});

test('a value that could not be created is created at the next use', () => {
  const failing = () => {
    throw new Error('no database');
  };
  expect(() => slot('failing', failing)).toThrow('no database');
  expect(slot('failing', () => 1)).toBe(1);
});
