import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { AppId } from '#lib/applications/input.ts';
import { openDefaultApp } from '#lib/applications/open-default-app.ts';
import type { IssuedKeys } from './format.ts';
import { IssueCredential, issueCredential } from './issue-credential.ts';

/** Like `IssueCredential`. An empty `appId` means the team's Default app. */
export const CreateKey = IssueCredential.extend({
  appId: z
    .string()
    .refine((id) => id === '' || AppId.safeParse(id).success, 'Choose an app.')
    .default(''),
});

type Created =
  | { ok: true; appId: string; keys: IssuedKeys }
  | { ok: false; reason: 'not_found' | 'archived' | 'too_many_live' };

/** "Create API Key": a key pair in the chosen application or in the Default app, which is created if it is missing. */
export async function createKey(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof CreateKey>,
): Promise<Created> {
  authorize(member, 'credential.issue');

  return db.transaction(async (tx) => {
    const appId = input.appId || (await openDefaultApp(tx, member)).appId;
    const issued = await issueCredential({ db: tx, member }, { ...input, appId });
    return issued.ok ? { ...issued, appId } : issued;
  });
}
