import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import type { Queryable } from '#db/client.ts';
import { applications } from '#db/schema/applications.ts';
import type { Member } from '#lib/access/member.ts';
import { authorize } from '#lib/access/permissions.ts';
import { AppId } from '#lib/applications/application-input.ts';
import { recordAudit } from '#lib/audit/record.ts';
import { randomBase62 } from '#lib/vault/tokens.ts';
import { IssueCredential, type IssuedKeys, issueCredential } from './issue-credential.ts';

/** As `IssueCredential`; an empty `appId` stands for the team's Default app. */
export const CreateKey = IssueCredential.extend({
  appId: z
    .string()
    .refine((id) => id === '' || AppId.safeParse(id).success, 'Choose an application.')
    .default(''),
});

type Created =
  | { ok: true; appId: string; keys: IssuedKeys }
  | { ok: false; reason: 'not_found' | 'archived' | 'too_many_live' };

/** "Create API Key": a key pair in the chosen application, or in the Default app, which is made if it is missing. */
export async function createKey(
  { db, member }: { db: Queryable; member: Member },
  input: z.output<typeof CreateKey>,
): Promise<Created> {
  authorize(member, 'credential.issue');

  return db.transaction(async (tx) => {
    const appId = input.appId || (await defaultApp(tx, member));
    const issued = await issueCredential({ db: tx, member }, { ...input, appId });
    return issued.ok ? { ...issued, appId } : issued;
  });
}

async function defaultApp(tx: Queryable, member: Member): Promise<string> {
  const mine = and(eq(applications.teamId, member.teamId), eq(applications.isDefault, true));
  const [known] = await tx.select({ appId: applications.publicId }).from(applications).where(mine);
  if (known) return known.appId;

  // The unique index decides between two who miss it at once; the loser takes the winner's.
  const [made] = await tx
    .insert(applications)
    .values({
      ...{ teamId: member.teamId, createdBy: member.memberId, isDefault: true },
      publicId: `app_${randomBase62(16)}`,
      title: 'Default app',
      description: 'Holds the keys that were made without an app of their own.',
    })
    .onConflictDoNothing()
    .returning({ appId: applications.publicId, title: applications.title });
  if (!made) return defaultApp(tx, member);
  const { appId, title } = made;
  await recordAudit(
    tx,
    member,
    'application.create',
    { kind: 'application', id: appId },
    { after: { title } },
  );
  return appId;
}
