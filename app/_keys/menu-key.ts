import type { KeyRow } from '#lib/credentials/key-rows.ts';

/** The data for the menu of a key and its dialogs. */
export type MenuKey = Pick<
  KeyRow,
  | 'keyId'
  | 'name'
  | 'description'
  | 'environment'
  | 'status'
  | 'sharedKey'
  | 'expiresAt'
  | 'dailyLimit'
  | 'lastUsedAt'
  | 'days'
>;
