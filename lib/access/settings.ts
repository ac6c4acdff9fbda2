/** The configuration that verbs need. The edges read it from the environment and put it into the verb's context. */
export type Settings = {
  /** Base URL of the portal, without a trailing slash. Every link is built from it. */
  portalUrl: string;
  /** Base URL of the gateway as clients see it, without a trailing slash. */
  gatewayUrl: string;
  /** 64 hexadecimal characters. Seals upstream credentials, queued emails and TOTP secrets. */
  encryptionKey: string;
  /** Signs cookies. */
  authSecret: string;
  mailFrom: string;
  supportEmail: string | null;
  operatorEmail: string | null;
  isProduction: boolean;
  /** Accounts and emails that sign-ups create in an hour, over all addresses. */
  signUpsPerHour: number;
  allowPrivateUpstreams: boolean;
};
