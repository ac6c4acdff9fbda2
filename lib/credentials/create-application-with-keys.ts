import type { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { type CreateApplication, createApplication } from '#lib/applications/create-application.ts';
import type { IssuedKeys } from './format.ts';
import { issueCredential } from './issue-credential.ts';

type Created =
  | { ok: true; appId: string; keys: IssuedKeys }
  | { ok: false; reason: 'unknown_endpoint' | 'no_room' };

/** "Connect and Generate Keys": creates an application, its endpoints and its first key pair in one transaction. */
export async function createApplicationWithKeys(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof CreateApplication>,
): Promise<Created> {
  authorize(member, 'application.create');

  return db.transaction(async (tx) => {
    const created = await createApplication({ db: tx, member }, input);
    if (!created.ok) return created;
    const issued = await issueCredential(
      { db: tx, member },
      {
        appId: created.appId,
        name: 'First key',
        description: '',
        environment: 'production',
        expiration: 'never',
      },
    );
    if (!issued.ok) throw new Error(`the first key of a new application was not issued: ${issued.reason}`);
    return { ok: true, appId: created.appId, keys: issued.keys };
  });
}
