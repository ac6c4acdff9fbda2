import { expect, test } from 'vitest';
import { checksumOf } from '#lib/vault/recognize-key.ts';
import { auditTrail } from '#tests/support/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { recordAudit } from './record.ts';

const body = `lk_sk_prod_${'a'.repeat(16)}_${'b'.repeat(43)}`;
const secretKey = body + checksumOf(body);

test(
  'a secret key inside a text is masked',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const before = { name: `a ${secretKey}`, list: [secretKey], days: 90, none: null };
    await recordAudit(db, member, 'application.edit', { kind: 'application', id: 'x' }, { before });

    const mask = `lk_sk_prod_…${secretKey.slice(-4)}`;
    expect(await auditTrail(db)).toMatchObject([
      { before: { name: `a ${mask}`, list: [mask], days: 90, none: null }, after: null },
    ]);
  }),
);
