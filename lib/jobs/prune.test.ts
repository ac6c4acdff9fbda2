import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { expect, test } from 'vitest';
import { accountTokens, sessions } from '#db/schema/accounts.ts';
import { findingDismissals } from '#db/schema/credentials.ts';
import { gatewayNodes } from '#db/schema/gateway.ts';
import { outbox } from '#db/schema/mail.ts';
import { testerTickets } from '#db/schema/tester.ts';
import { usageRecords } from '#db/schema/usage.ts';
import { withDb } from '#tests/support/database.ts';
import { aCredential, aMember, anApplication } from '#tests/support/factories.ts';
import { prune } from './prune.ts';

const ago = (text: string) => sql`now() - ${text}::interval`;
const bytes = () => crypto.getRandomValues(new Uint8Array(32));

test(
  'rows are deleted at their age and not before, and a second run finds nothing',
  withDb(async (db) => {
    const { teamId, memberId, userId } = await aMember(db, 'owner');
    await db.insert(testerTickets).values([
      { nonce: 'old', expiresAt: ago('61 minutes') },
      { nonce: 'new', expiresAt: ago('59 minutes') },
    ]);
    await db.insert(accountTokens).values(
      ['31 days', '29 days'].map((age) => ({
        ...{ userId, kind: 'verify_email' as const, tokenDigest: bytes(), expiresAt: ago(age) },
      })),
    );
    await db.insert(outbox).values([
      { template: 'x', recipient: 'a@example.com', sentAt: ago('31 days') },
      { template: 'x', recipient: 'b@example.com', sentAt: ago('29 days') },
      { template: 'x', recipient: 'c@example.com', createdAt: ago('99 days'), failedAt: ago('90 days') },
    ]);
    await db.insert(findingDismissals).values(
      ['91 days', '89 days'].map((age) => ({
        ...{ teamId, kind: 'unused' as const, subjectId: v7(), dismissedBy: memberId, until: ago(age) },
      })),
    );

    expect(await prune({ db })).toMatchObject({
      ...{ 'tester tickets': 1, 'account links': 1, emails: 1, 'finding dismissals': 1 },
    });
    expect((await db.select().from(testerTickets)).map(({ nonce }) => nonce)).toEqual(['new']);
    expect((await db.select().from(outbox)).map(({ recipient }) => recipient).sort()).toEqual([
      'b@example.com',
      'c@example.com',
    ]);
    expect(Object.values(await prune({ db })).reduce((sum, rows) => sum + rows, 0)).toBe(0);
  }),
);

test(
  'the newest expired session of each person stays, because it shows when they were last active',
  withDb(async (db) => {
    const people = [await aMember(db, 'owner'), await aMember(db, 'owner')];
    for (const { userId } of people)
      await db.insert(sessions).values(
        [400, 300, 200].map((days) => ({
          ...{
            userId,
            tokenDigest: bytes(),
            lastSeenAt: ago(`${days} days`),
            expiresAt: ago(`${days} days`),
          },
        })),
      );
    await db.insert(sessions).values({
      ...{ userId: people[0]!.userId, tokenDigest: bytes(), expiresAt: ago('89 days') },
      lastSeenAt: ago('89 days'),
    });

    expect(await prune({ db })).toMatchObject({ sessions: 5 });
    const left = await db.select({ userId: sessions.userId }).from(sessions);
    expect(left.map(({ userId }) => userId).sort()).toEqual(people.map(({ userId }) => userId).sort());
  }),
);

test(
  'a gateway is deleted a week after it was last seen, unless it has a request in progress',
  withDb(async (db) => {
    const member = await aMember(db, 'owner');
    const app = await anApplication(db, member);
    const key = await aCredential(db, app);
    const node = (age: string) => ({
      ...{ id: v7(), mount: 'node' as const, host: 'here', pid: 1, epochSeen: 1, leaseUntil: ago(age) },
    });
    const [old, young, busy] = [node('8 days'), node('6 days'), node('8 days')];
    await db.insert(gatewayNodes).values([old, young, busy]);
    await db.insert(usageRecords).values({
      ...{ id: v7(), at: new Date(), day: '2026-01-01', teamId: member.teamId, applicationId: app.id },
      ...{ credentialId: key.id, environment: 'development', method: 'GET', path: '/', outcome: 'open' },
      ...{ counted: true, clientIp: '192.0.2.1', nodeId: busy.id },
    });

    expect(await prune({ db })).toMatchObject({ gateways: 1 });
    expect((await db.select().from(gatewayNodes)).map(({ id }) => id).sort()).toEqual(
      [young.id, busy.id].sort(),
    );
  }),
);
