import type { ExampleCall } from '#lib/applications/example-call.ts';
import type { IssuedKeys } from '#lib/credentials/format.ts';

/** What an action returns with new keys: the only time the secret is sent, and never in a URL. */
export type Issued = {
  appId: string;
  appTitle: string;
  keys: IssuedKeys;
  gatewayUrl: string;
  example: ExampleCall | null;
};
