import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Settings } from './access/settings.ts';

const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));

/** Secrets that stand in documentation or come from a keyboard walk: never accepted in production. */
const PLACEHOLDERS = /^(change-?me|secret|password|development|test|example)/i;

const Environment = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    /**
     * What this installation is. Defaults to NODE_ENV; the starters set it, because `next start` itself
     * always runs with NODE_ENV=production, also for the demo.
     */
    LATCHKEY_ENV: z.enum(['development', 'test', 'production']).optional(),
    PORT: port.default(3000),
    GATEWAY_PORT: port.default(4000),
    GATEWAY_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
    /** Where people reach the portal. Every link in a mail is built from it, never from a header. */
    PORTAL_URL: url.optional(),
    /** Where client apps reach the gateway, as shown in snippets. */
    GATEWAY_URL: url.optional(),
    /** Where the portal itself reaches the gateway, for the API Tester; GATEWAY_URL unless the two are told apart inside. */
    GATEWAY_INTERNAL_URL: url.optional(),
    DATA_DIR: z.string().min(1).default('.data'),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    /** Direct connection for LISTEN, when DATABASE_URL goes through a transaction pooler. */
    DATABASE_LISTEN_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    NEXTAUTH_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
    /** 32 bytes as 64 hexadecimal characters: seals upstream credentials and queued mails. */
    LATCHKEY_ENCRYPTION_KEY: z
      .string()
      .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal characters (openssl rand -hex 32)')
      .optional(),
    RESEND_API_KEY: z.string().min(1).optional(),
    RESEND_BASE_URL: url.optional(),
    SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
    MAIL_FROM: z.string().min(3).default('Latchkey <no-reply@localhost>'),
    OPERATOR_EMAIL: z.email().optional(),
    SUPPORT_EMAIL: z.email().optional(),
    /** Accounts and mails that signing up makes in an hour, over all addresses. */
    SIGN_UPS_PER_HOUR: z.coerce.number().int().min(1).default(200),
    USAGE_DURABILITY: z.enum(['disk', 'process']).default('disk'),
    /** How long shipped usage is kept in DATA_DIR, in case the database loses commits in a failover. 0 turns it off. */
    USAGE_KEEP_SECONDS: z.coerce.number().int().min(0).max(604_800).default(3_600),
    /** Upper bound of what is kept, in bytes. */
    USAGE_KEEP_BYTES: z.coerce
      .number()
      .int()
      .min(0)
      .default(1024 ** 3),
    GATEWAY_LEASE_SECONDS: z.coerce.number().min(1).max(600).default(30),
    GATEWAY_BODY_LIMIT_BYTES: z.coerce
      .number()
      .int()
      .min(1024)
      .default(10 * 1024 * 1024),
    GATEWAY_CONNECT_TIMEOUT_MS: z.coerce.number().int().min(50).default(2_000),
    GATEWAY_FIRST_BYTE_TIMEOUT_MS: z.coerce.number().int().min(50).default(30_000),
    GATEWAY_IDLE_TIMEOUT_MS: z.coerce.number().int().min(50).default(60_000),
    /** Concurrent requests to one upstream, per gateway process. */
    GATEWAY_UPSTREAM_CONNECTIONS: z.coerce.number().int().min(2).max(10_000).default(512),
    /** Concurrent requests of one team to one upstream, per gateway process. */
    GATEWAY_TEAM_CONCURRENCY: z.coerce.number().int().min(1).max(10_000).default(256),
    /** Requests of one team to one upstream that may wait for others to finish, up to 5 seconds. */
    GATEWAY_TEAM_QUEUE: z.coerce.number().int().min(0).max(10_000).default(256),
    /** Connections of one client address to a gateway process. Trusted proxies are not limited. */
    GATEWAY_CONNECTIONS_PER_CLIENT: z.coerce.number().int().min(1).default(1_000),
    /** How long a stopping gateway keeps serving after it reports itself as not ready. */
    DRAIN_SECONDS: z.coerce.number().min(0).max(20).optional(),
    /** Addresses or CIDRs of proxies in front of the gateway whose X-Forwarded-For is believed. */
    TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((value) =>
        value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean),
      ),
    /** Where GitHub publishes the keys that sign its reports to `/api/secret-scanning`; a mirror where it can't be reached. */
    GITHUB_SECRET_SCANNING_KEYS_URL: url.default('https://api.github.com/meta/public_keys/secret_scanning'),
    /** Lets upstreams live on loopback and private networks. Off in production unless asked for. */
    ALLOW_PRIVATE_UPSTREAMS: flag.optional(),
  })
  .superRefine((env, context) => {
    if ((env.LATCHKEY_ENV ?? env.NODE_ENV) !== 'production') return;
    for (const name of ['NEXTAUTH_SECRET', 'LATCHKEY_ENCRYPTION_KEY', 'PORTAL_URL'] as const) {
      const value = env[name];
      if (!value) context.addIssue({ code: 'custom', path: [name], message: 'is required in production' });
      else if (PLACEHOLDERS.test(value) || new Set(value).size < 6) {
        context.addIssue({ code: 'custom', path: [name], message: 'is a placeholder, not a secret' });
      }
    }
  });

/** Longer than the interval at which proxies usually check readiness. */
const PRODUCTION_DRAIN_SECONDS = 5;

export type Env = ReturnType<typeof read>;

function read(source: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new InvalidEnvironment(`The configuration can't be used:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const isProduction = (env.LATCHKEY_ENV ?? env.NODE_ENV) === 'production';
  const secrets = isProduction ? undefined : localSecrets(resolve(env.DATA_DIR));
  return {
    ...env,
    NEXTAUTH_SECRET: need(env.NEXTAUTH_SECRET ?? secrets?.NEXTAUTH_SECRET),
    LATCHKEY_ENCRYPTION_KEY: need(env.LATCHKEY_ENCRYPTION_KEY ?? secrets?.LATCHKEY_ENCRYPTION_KEY),
    DATA_DIR: resolve(env.DATA_DIR),
    PORTAL_URL: env.PORTAL_URL ?? `http://localhost:${env.PORT}`,
    GATEWAY_URL: env.GATEWAY_URL ?? `http://localhost:${env.GATEWAY_PORT}`,
    ALLOW_PRIVATE_UPSTREAMS: env.ALLOW_PRIVATE_UPSTREAMS ?? !isProduction,
    DRAIN_SECONDS: env.DRAIN_SECONDS ?? (isProduction ? PRODUCTION_DRAIN_SECONDS : 0),
    isProduction,
    spoolDir: join(resolve(env.DATA_DIR), 'spool'),
    outboxDir: join(resolve(env.DATA_DIR), 'outbox'),
  };
}

/** Outside production, secrets that were not given are made once and kept beside the data. */
function localSecrets(dataDir: string) {
  const path = join(dataDir, 'secrets.json');
  mkdirSync(dataDir, { recursive: true });
  const fresh = {
    NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  };
  try {
    // `wx`: of several processes that start at once, one writes and the others read.
    writeFileSync(path, JSON.stringify(fresh), { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch {
    return z
      .object({ NEXTAUTH_SECRET: z.string(), LATCHKEY_ENCRYPTION_KEY: z.string() })
      .parse(JSON.parse(readFileSync(path, 'utf8')));
  }
}

function need(value: string | undefined): string {
  if (value === undefined) throw new InvalidEnvironment('A required secret is missing.');
  return value;
}

export class InvalidEnvironment extends Error {
  override name = 'InvalidEnvironment';
}

let parsed: Env | undefined;

/** The environment, parsed once at first use. Nothing else reads `process.env`. */
export function env(): Env {
  parsed ??= read(process.env);
  return parsed;
}

/** The settings of this installation, for the context of the verbs. Call it at the edges only. */
export function readSettings(from: Env = env()): Settings {
  return {
    portalUrl: from.PORTAL_URL,
    gatewayUrl: from.GATEWAY_URL,
    encryptionKey: from.LATCHKEY_ENCRYPTION_KEY,
    authSecret: from.NEXTAUTH_SECRET,
    mailFrom: from.MAIL_FROM,
    supportEmail: from.SUPPORT_EMAIL ?? null,
    operatorEmail: from.OPERATOR_EMAIL ?? null,
    isProduction: from.isProduction,
    signUpsPerHour: from.SIGN_UPS_PER_HOUR,
    allowPrivateUpstreams: from.ALLOW_PRIVATE_UPSTREAMS,
  };
}

/** Parses a given environment; for the starters, which build one for their children, and for tests. */
export const parseEnv = read;
