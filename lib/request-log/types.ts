/** Types of the request log that pages and browsers share. No runtime code. */

export type LoggedRequest = {
  id: string;
  at: Date;
  method: string;
  path: string;
  outcome: 'open' | 'answered' | 'aborted' | 'refused' | 'unknown';
  status: number | null;
  reason: string | null;
  latencyMs: number | null;
  environment: 'development' | 'staging' | 'production';
  clientIp: string;
  via: 'api' | 'tester';
  appId: string;
  appTitle: string;
  keyId: string;
  keyName: string;
  /** The member who owns the key; null for an app's key. */
  memberName: string | null;
};

export type TailBatch = {
  /** New requests, and known ones that finished, newest first. */
  requests: LoggedRequest[];
  /** New requests that aren't among them. */
  more: number;
  /** Whether there were too many to count. */
  uncounted: boolean;
};
