import type { Queryable } from '#db/client.ts';
import type { Settings } from './settings.ts';

/** What sends email or builds links: the caller's database or transaction, and the settings. */
export type DbAndSettings = { db: Queryable; settings: Settings };
