import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { outbox } from '#db/schema/mail.ts';
import { renderMail } from '#emails/render.tsx';
import { log } from '#lib/process/log.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { until } from '#tests/support/processes.ts';
import { resendStub } from '#tests/support/resend-stub.ts';
import { settings } from '#tests/support/settings.ts';
import { enqueueMail } from './enqueue.ts';
import { DeliveryFailed, openTransport, type Transport } from './transport.ts';
import { startMailWorker } from './worker.ts';

let own: OwnDatabase;
let stub: Awaited<ReturnType<typeof resendStub>>;
beforeEach(async () => {
  own = await ownDatabase();
  stub = await resendStub();
});
afterEach(async () => {
  await stub.stop();
  await own.drop();
});

const link = (i: number) => `http://localhost:3000/reset-password/token-${i}`;
const queue = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      enqueueMail(
        { db: own.db, settings },
        {
          to: `person-${i}@example.com`,
          template: 'reset-password',
          props: { name: 'Ada', link: link(i) },
        },
      ),
    ),
  );

const throughStub = (timeoutMs = 300) =>
  openTransport(
    { resendApiKey: 're_test', resendBaseUrl: stub.url, smtpUrl: undefined, outboxDir: '' },
    timeoutMs,
  );
const start = (transport: Transport = throughStub(), encryptionKey = settings.encryptionKey) =>
  startMailWorker({
    sql: own.sql,
    transport,
    render: renderMail,
    from: 'Latchkey <no-reply@example.com>',
    encryptionKey,
    pollMs: 50,
    backoffMs: 20,
  });
const unsent = () => own.db.$count(outbox, sql`sent_at is null`);
const allSent = () => until(async () => (await unsent()) === 0, 'all mails to be sent', 15_000);
const rowOf = async (id: string) => (await own.db.select().from(outbox).where(eq(outbox.id, id)))[0]!;

/** None lost, none duplicated, each to its own recipient with its own link. */
function expectEachOnce(ids: string[]) {
  expect([...stub.sent.keys()].sort()).toEqual([...ids].sort());
  for (const [i, id] of ids.entries()) {
    expect(stub.sent.get(id)).toMatchObject({
      to: `person-${i}@example.com`,
      from: 'Latchkey <no-reply@example.com>',
      subject: 'Reset your password',
      text: expect.stringContaining(link(i)),
      html: expect.stringContaining(`href="${link(i)}"`),
    });
  }
}

test('thirty emails reach a service that is busy, fails, hangs and loses responses, each exactly once', async () => {
  await stub.stop();
  stub = await resendStub((key, request) =>
    request > 0 ? 'accept' : (['accept', 'busy', 'broken', 'hang', 'cut'] as const)[key % 5]!,
  );
  const ids = await queue(30);

  const worker = await start();
  await allSent();
  await worker.stop();

  expectEachOnce(ids);
  // One in five was accepted immediately. The others were retried with the same key.
  expect(stub.requests).toHaveLength(30 + 24);
  expect(stub.requests[0]?.authorization).toBe('Bearer re_test');
});

test('nothing is lost or duplicated when the worker is stopped midway and restarted', async () => {
  const ids = await queue(30);
  for (const enough of [8, 16, 30]) {
    const worker = await start();
    await until(() => stub.sent.size >= enough, `${enough} mails`, 15_000);
    await worker.stop();
  }

  expectEachOnce(ids);
  expect(stub.requests).toHaveLength(30);
  expect(await unsent()).toBe(0);
});

test('two workers share the work without sending anything twice', async () => {
  const ids = await queue(30);

  const workers = await Promise.all([start(), start()]);
  await allSent();
  await Promise.all(workers.map((worker) => worker.stop()));

  expectEachOnce(ids);
  expect(stub.requests).toHaveLength(30);
});

test('an email that another worker is claiming is skipped', async () => {
  const [first, second] = await queue(2);
  await own.db.transaction(async (tx) => {
    await tx.select().from(outbox).where(eq(outbox.id, first!)).for('update');
    await tx.execute(
      sql`update outbox set next_attempt_at = now() - interval '1 second' where id = ${first}`,
    );

    const worker = await start();
    await until(() => stub.sent.has(second!), 'the other mail', 5_000);
    await worker.stop();
  });

  expect([...stub.sent.keys()]).toEqual([second]);
});

test('a worker that has stopped sends nothing more', async () => {
  const worker = await start();
  await worker.stop();

  await queue(1);
  await new Promise((resolve) => setTimeout(resolve, 200));

  expect(stub.requests).toEqual([]);
});

test('an email claimed by a dead worker is sent by another one, with the same key', async () => {
  const [id] = await queue(1);
  const claimed: string[] = [];
  let die = () => {};
  // It sends the email and dies before it can record that.
  const dying = await start({
    name: 'resend',
    send: (letter) => {
      claimed.push(letter.id);
      return new Promise((_, reject) => {
        die = () => reject(new Error('killed'));
      });
    },
  });
  await until(() => claimed.length > 0, 'the claim', 5_000);

  const other = await start();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(stub.requests).toEqual([]); // The claim lasts a minute.
  await own.sql`update outbox set next_attempt_at = next_attempt_at - interval '60 seconds'`;
  await allSent();
  die();
  await Promise.all([dying.stop(), other.stop()]);

  expect(stub.requests.map((request) => request.key)).toEqual([id]);
  expect(claimed).toEqual([id]);
  expect((await rowOf(id!)).sentAt).not.toBeNull();
});

test('once sent, the encrypted properties are deleted', async () => {
  const [id] = await queue(1);

  const worker = await start();
  await allSent();
  await worker.stop();

  expect(await rowOf(id!)).toMatchObject({ sealedProps: null, attempts: 1, lastError: null });
});

test('waits grow, even if the service asks to retry immediately; a longer requested wait is respected', async () => {
  const [id] = await queue(1);
  const waits: number[] = [];
  for (const [attempts, retryAfterMs] of [
    [0, undefined],
    [9, 1],
    [9, 60_000],
    [30, undefined],
  ] as const) {
    await own.db
      .update(outbox)
      .set({ attempts, nextAttemptAt: sql`now()`, lastError: null })
      .where(eq(outbox.id, id!));
    const worker = await start({
      name: 'resend',
      send: () => Promise.reject(new DeliveryFailed('later', retryAfterMs)),
    });
    await until(async () => (await rowOf(id!)).lastError !== null, 'the failure', 5_000);
    const [row] =
      await own.sql`select extract(epoch from next_attempt_at - now())::float8 as seconds, attempts from outbox`;
    waits.push(row!.seconds);
    await worker.stop();
  }

  // 20 ms, doubled after each failure: 0.02, 10.24, at most an hour.
  expect(waits[0]).toBeLessThan(2);
  expect(waits[1]).toBeGreaterThan(5);
  expect(waits[1]).toBeLessThanOrEqual(10.24);
  expect(waits[2]).toBeGreaterThan(50);
  expect(waits[2]).toBeLessThanOrEqual(60);
  expect(waits[3]).toBeGreaterThan(3_500);
  expect(waits[3]).toBeLessThanOrEqual(3_600);
});

test('after 32 failures an email is abandoned, and its properties are deleted', async () => {
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const [id] = await queue(1);
  await own.db.update(outbox).set({ attempts: 31 });

  const worker = await start({ name: 'smtp', send: () => Promise.reject(new Error('no such host')) });
  await until(async () => (await rowOf(id!)).failedAt !== null, 'the end', 5_000);
  await worker.stop();

  expect(await rowOf(id!)).toMatchObject({
    attempts: 32,
    sentAt: null,
    sealedProps: null,
    lastError: 'Error: no such host',
  });
  expect(logged).toHaveBeenCalledWith(
    { mailId: id, template: 'reset-password', reason: 'Error: no such host' },
    'An email was given up',
  );
});

test('an email that can’t be decrypted doesn’t block the others', async () => {
  const [broken] = await queue(1);
  await own.db.update(outbox).set({ sealedProps: 'v1.x.y.z' });
  const [, fine] = await queue(2);

  const worker = await start();
  await until(() => stub.sent.has(fine!), 'the other mail', 5_000);
  await worker.stop();

  expect(stub.sent.has(broken!)).toBe(false);
  expect((await rowOf(broken!)).lastError).toMatch('another encryption key');
});

test('an email is sent immediately: the worker is woken, it doesn’t only poll', async () => {
  const worker = await startMailWorker({
    sql: own.sql,
    transport: throughStub(),
    render: renderMail,
    from: 'no-reply@example.com',
    encryptionKey: settings.encryptionKey,
    pollMs: 600_000,
  });
  await new Promise((resolve) => setTimeout(resolve, 200));

  const [id] = await queue(1);
  await until(() => stub.sent.has(id!), 'the mail', 5_000);
  await worker.stop();
});
