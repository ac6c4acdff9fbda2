import type { KeyRow } from '#lib/credentials/key-rows.ts';

/** What the menu of a key and its dialogs need to know. */
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
