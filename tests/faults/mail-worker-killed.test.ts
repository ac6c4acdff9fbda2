import { afterAll, beforeAll, expect, test } from 'vitest';
import { env } from '#lib/env.ts';
import { type OwnDatabase, ownDatabase } from '#tests/support/database.ts';
import { aMember } from '#tests/support/factories.ts';
import { anInvitation } from '#tests/support/invitations.ts';
import { freePort, type Running, responds, start, temporaryFolder, until } from '#tests/support/processes.ts';
import { resendStub } from '#tests/support/resend-stub.ts';

/** A mail service that is busy, broken or disconnects, and a portal that is killed ten times while it sends. */

const INVITATIONS = 100;
const KILLS = 10;

let own: OwnDatabase;
let stub: Awaited<ReturnType<typeof resendStub>>;
let portal: Running | undefined;
const folder = temporaryFolder();

beforeAll(async () => {
  own = await ownDatabase();
  stub = await resendStub((key, request) => {
    if (request > 0) return 'accept';
    return (['busy', 'broken', 'cut', 'accept', 'accept', 'accept'] as const)[key % 6]!;
  });
});

afterAll(async () => {
  await portal?.stop('SIGKILL');
  await stub?.stop();
  await own?.drop();
  folder.remove();
});

test(`${INVITATIONS} invitations arrive exactly once despite ${KILLS} kills`, async () => {
  const port = await freePort();
  const up = async () => {
    portal = start(['node_modules/next/dist/bin/next', 'start', '-p', String(port)], {
      DATABASE_URL: own.url,
      DATA_DIR: folder.path,
      PORT: String(port),
      PORTAL_URL: `http://localhost:${port}`,
      LATCHKEY_ENV: 'development',
      NODE_ENV: 'production',
      LATCHKEY_ENCRYPTION_KEY: env().LATCHKEY_ENCRYPTION_KEY,
      RESEND_API_KEY: 'stub',
      RESEND_BASE_URL: stub.url,
    });
    await until(responds(`http://localhost:${port}/sign-in`), 'the portal');
  };
  await up();
  const owner = await aMember(own.db, 'owner');
  const invited: string[] = [];
  for (let i = 0; i < INVITATIONS; i++) {
    invited.push((await anInvitation(own.db, owner)).email);
    if ((i + 1) % (INVITATIONS / KILLS) === 0) {
      await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 200));
      await portal!.stop('SIGKILL');
      await up();
    }
  }
  await until(
    async () =>
      (await own.sql`select count(*)::int as n from outbox where sent_at is null and failed_at is null`)[0]!
        .n === 0,
    'all emails to be sent',
    150_000,
  );
  const mails = [...stub.sent.values()].map(({ to }) => [to].flat().join());
  expect(mails.filter((to) => invited.some((email) => to.includes(email))).length).toBe(INVITATIONS);
  expect(new Set(mails).size, 'none twice').toBe(mails.length);
});
