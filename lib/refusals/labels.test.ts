import { expect, test } from 'vitest';
import { reasonWords } from './labels.ts';

test('a reason is told in words, with its code; one that is not known by its code alone', () => {
  expect(reasonWords('ip_not_allowed')).toBe(
    "Address not allowed (ip_not_allowed). Your address is not on this key pair's list of allowed addresses.",
  );
  for (const unknown of ['of_tomorrow', 'toString']) expect(reasonWords(unknown)).toBe(unknown);
});
