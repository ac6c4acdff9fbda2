import { expect, test } from 'vitest';
import { usageRecords } from '#db/schema/usage.ts';
import { mintKeyPair } from '#lib/credentials/format.ts';
import { completionLine, intentLine, refusalLine } from '#lib/metering/lines.ts';
import { exportRequests } from '#lib/request-log/export-requests.ts';
import { listRequests } from '#lib/request-log/list-requests.ts';
import { LogFilter } from '#lib/request-log/log-filter.ts';
import { readRequest } from '#lib/request-log/read-request.ts';
import { ownDatabase } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { anEnd, aSpooledCall, ingestLines } from '#tests/support/usage-rows.ts';

test('a secret key in a path or a user agent never appears in the log, on a page or in an export', async () => {
  const { db, sql, drop } = await ownDatabase();
  try {
    const member = await aMember(db, 'owner');
    const key = await aCredential(db, await anApplication(db, member));
    const { secretKey } = mintKeyPair('production');
    const leaky = { path: `/bench/keys/${secretKey}/x`, userAgent: `curl/8 (${secretKey})` };
    const answered = aSpooledCall(key, new Date(), leaky);
    const refused = aSpooledCall(key, new Date(), leaky);
    await ingestLines(sql, member.memberId, [
      intentLine(answered),
      completionLine(answered, anEnd()),
      refusalLine(refused, { status: 403, reason: 'ip_not_allowed', latencyMs: 1 }),
    ]);

    const context = { db, member };
    const page = await listRequests(context, LogFilter.parse({ path: secretKey }));
    const filter = LogFilter.parse({});
    const file: string[] = [];
    for (const format of ['csv', 'ndjson'] as const)
      for await (const part of await exportRequests(context, { filter, format })) file.push(part);
    const everything = JSON.stringify([
      await db.select().from(usageRecords),
      await listRequests(context, filter),
      await readRequest(context, { id: refused.id }),
      await db.execute('select * from audit_events'),
      file,
    ]);

    expect(everything).toContain('/bench/keys/');
    const middle = secretKey.slice(14, -6);
    expect(everything).not.toContain(middle);
    expect(JSON.stringify(page)).not.toContain(middle);
  } finally {
    await drop();
  }
});
