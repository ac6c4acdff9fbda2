import type { Issued } from '#app/_keys/issued.ts';
import type { Receipt } from '#lib/access/epoch.ts';

/** A new key pair, and the receipt for the key it replaced. */
export type NewKey = { issued: Issued; receipt: Receipt | null };
export type Usage = { requestsToday: number; dailyQuota: number };
