import type { Queryable } from '#db/client.ts';
import type { Member } from '#lib/access/member.ts';
import { findCredential, findEndpoint } from './find-target.ts';
import { testerForm } from './tester-form.ts';

/** The form to call an endpoint with a credential. Null if the member isn't allowed to, or they aren't connected. */
export async function readTesterForm(
  { db, member }: { db: Queryable; member: Member },
  input: { keyId: string; endpointId: string },
) {
  const credential = await findCredential(db, member, input.keyId);
  const endpoint = credential && (await findEndpoint(db, member, { ...input, ...credential }));
  if (!endpoint) return null;
  const { id, operationId, method, path, summary, deprecated, productionOnly, api } = endpoint;
  return {
    endpoint: {
      ...{ id, operationId, method, path, summary, deprecated, productionOnly },
      apiSlug: api.slug,
      apiTitle: api.title,
    },
    form: testerForm(endpoint.root, endpoint.shape),
  };
}

export type ReadTesterForm = NonNullable<Awaited<ReturnType<typeof readTesterForm>>>;
