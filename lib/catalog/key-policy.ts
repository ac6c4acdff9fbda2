import type { KeyMethod } from '#db/schema/catalog.ts';

/**
 * The one way to send a key. Headers that then don't carry it belong to the upstream. `X-Shared-Key` with `X-Secret-Key` work
 * besides it, because no upstream uses these names.
 */
export type KeyPolicy = {
  readonly method: Exclude<KeyMethod, 'any'>;
  /** The name of the header for `header`, lowercase. */
  readonly header: string | null;
};

/** Whether Authorization belongs to the client and the upstream. */
export const isForeignAuthorization = (policy: KeyPolicy | null): boolean =>
  policy !== null && policy.method !== 'basic' && policy.method !== 'bearer';

/** Whether `X-API-Key` belongs to the client and the upstream. */
export const isForeignApiKey = (policy: KeyPolicy | null): boolean =>
  policy !== null && policy.method !== 'x-api-key';
