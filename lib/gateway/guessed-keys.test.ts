import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { readHeaders } from './inbound.ts';
import { present } from './present.ts';

/** Keys that `present` rejects never reach a lookup, so guessing keys costs no query. */

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const below = (n: number) => randomBytes(4).readUInt32BE() % n;
const random = (length: number) => Array.from({ length }, () => BASE62[below(62)]).join('');
const asked = (secretKey: string) => present(readHeaders(['X-API-Key', secretKey]));

test('5,000 random keys in the right format fail the checksum', () => {
  for (let i = 0; i < 5_000; i++)
    expect(asked(`lk_sk_prod_${random(16)}_${random(49)}`)).toBe('invalid_credentials');
});

test('5,000 real keys with a changed, swapped, missing or repeated character fail the checksum', () => {
  for (let i = 0; i < 5_000; i++) {
    const { secretKey } = mintKeyPair('production');
    expect(asked(secretKey)).toMatchObject({ secretKey });
    const at = 'lk_sk_prod_'.length + below(secretKey.length - 'lk_sk_prod_'.length - 1);
    const [head, one, two, tail] = [
      secretKey.slice(0, at),
      secretKey[at]!,
      secretKey[at + 1]!,
      secretKey.slice(at + 2),
    ];
    const changed = head + BASE62[(BASE62.indexOf(one) + 1 + below(60)) % 62] + two + tail;
    const swapped = head + two + one + tail;
    for (const mutated of [changed, swapped, head + two + tail, head + one + one + two + tail])
      if (mutated !== secretKey) expect(asked(mutated)).toMatch(/^(invalid|malformed)_credentials$/);
  }
});
