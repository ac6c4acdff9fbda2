import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import type { Settings } from '#lib/access/settings.ts';
import { readExampleCall } from '#lib/applications/read-example-call.ts';
import type { IssuedKeys } from '#lib/credentials/format.ts';
import { readCredential } from '#lib/credentials/read-credential.ts';
import type { Issued } from './issued.ts';

/** A new key pair with its app and an example request, for the one time it is shown. */
export async function issuedOf(
  { db, member, settings }: { db: Queryable; member: Member; settings: Settings },
  keys: IssuedKeys,
): Promise<Issued> {
  const key = await readCredential({ db, member }, { keyId: keys.keyId });
  const appId = key?.appId ?? '';
  return {
    ...{ appId, appTitle: key?.appTitle ?? '', keys, gatewayUrl: settings.gatewayUrl },
    example: await readExampleCall({ db, member }, { appId }),
  };
}
