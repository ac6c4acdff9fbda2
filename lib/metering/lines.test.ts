import { expect, test } from 'vitest';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { intentLine, refusalLine } from './lines.ts';

const call = {
  ...{ id: 'id', atMs: 1, day: '2026-11-21', route: null, method: 'GET', clientIp: '192.0.2.1' },
  credential: { id: 'c', teamId: 't', applicationId: 'a', memberId: null, environment: 'production' },
};

test('secret keys in the path and the user agent are masked before they are stored', () => {
  const { secretKey, sharedKey } = mintKeyPair('production');
  const mask = `lk_sk_prod_…${secretKey.slice(-4)}`;
  const hostile = {
    ...call,
    path: `/v1/${secretKey.replaceAll('_', '%5F')}/x/${btoa(`${sharedKey}:${secretKey}`)}`,
    userAgent: `curl ${secretKey} ${'x'.repeat(400)}`,
  };

  for (const line of [
    intentLine(hostile),
    refusalLine(hostile, { status: 400, reason: 'r', latencyMs: 1 }),
  ]) {
    const fields = JSON.parse(line) as string[]; // A line is a JSON array; these fields are texts.
    expect(fields[12]).toMatch(new RegExp(`^/v1/${mask}/x/.*${mask}$`));
    expect(fields[14]).toMatch(new RegExp(`^curl ${mask} x+$`));
    expect(fields[14]).toHaveLength(256);
    expect(line).not.toContain(secretKey.slice(30, 60));
  }
});

test('a secret key at the truncation point leaves no fragment', () => {
  const { secretKey } = mintKeyPair('production');
  for (const before of [200, 240, 250, 500]) {
    const line = intentLine({ ...call, path: '/', userAgent: `${'x'.repeat(before)} ${secretKey}` });
    expect(line).not.toContain(secretKey.slice(11, 16));
  }
});
