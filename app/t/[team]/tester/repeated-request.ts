import type { TesterValues } from '#lib/tester/tester-input.ts';

/** A past request to send again once its form is loaded. */
export type RepeatedRequest = { endpointId: string; keyId: string; values: TesterValues };
