import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import type { Settings } from './access/settings.ts';
import { secureDataFolder } from './process/data-folder.ts';
import { LOG_LEVELS } from './process/log.ts';
import { isWeakSecret } from './process/weak-secret.ts';

const flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');
const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));

const host = z
  .string()
  .refine((value) => isIP(value) !== 0 || value === 'localhost', 'must be an IP address of this machine');
const database = z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' });

const isAddressOrRange = (entry: string): boolean =>
  isIP(entry) !== 0 || (isIP(entry.split('/')[0]!) !== 0 && ipaddr.isValidCIDR(entry));

const MAIL_FROM_DEFAULT = 'Latchkey <no-reply@localhost>';

const Fields = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /**
   * What kind of installation this is. Defaults to NODE_ENV. The start scripts set it, because `next start` always runs
   * with NODE_ENV=production, even for the demo.
   */
  LATCHKEY_ENV: z.enum(['development', 'test', 'production']).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS).optional(),
  /** `pretty` on a terminal and `json` everywhere else, unless set. */
  LOG_FORMAT: z.enum(['json', 'pretty']).optional(),
  /** Addresses to listen on. In production all, otherwise only this machine. */
  HOST: host.optional(),
  GATEWAY_HOST: host.optional(),
  PORT: port.default(3000),
  GATEWAY_PORT: port.default(4000),
  GATEWAY_WORKERS: z.coerce.number().int().min(1).max(64).default(1),
  /** Public URL of the portal. Links in emails are built from it, never from a header. */
  PORTAL_URL: url.optional(),
  /** Public URL of the gateway, as shown in code samples. */
  GATEWAY_URL: url.optional(),
  /** Where the portal itself reaches the gateway, for the API Tester. GATEWAY_URL unless set. */
  GATEWAY_INTERNAL_URL: url.optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  DATABASE_URL: database.optional(),
  /** Direct connection for sessions, if DATABASE_URL goes through a transaction pooler. */
  DATABASE_LISTEN_URL: database.optional(),
  NEXTAUTH_SECRET: z.string().min(32, 'must be at least 32 characters').optional(),
  /** 32 bytes as 64 hexadecimal characters. Encrypts upstream credentials and queued emails. */
  LATCHKEY_ENCRYPTION_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be 64 hexadecimal characters (openssl rand -hex 32)')
    .optional(),
  RESEND_API_KEY: z.string().min(1).optional(),
  RESEND_BASE_URL: url.optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  /** Lets production write emails to `DATA_DIR/outbox` instead of sending them. */
  MAIL_TO_FILES: flag.optional(),
  MAIL_FROM: z.string().min(3).default(MAIL_FROM_DEFAULT),
  /** Shows emails at /outbox. On by default where nobody else can reach the portal. Always off in production. */
  SHOW_OUTBOX: flag.optional(),
  OPERATOR_EMAIL: z.email().optional(),
  SUPPORT_EMAIL: z.email().optional(),
  /** Sign-ups per hour over all addresses. */
  SIGN_UPS_PER_HOUR: z.coerce.number().int().min(1).default(200),
  USAGE_DURABILITY: z.enum(['disk', 'process']).default('disk'),
  GATEWAY_LEASE_SECONDS: z.coerce.number().min(1).max(600).default(30),
  GATEWAY_BODY_LIMIT_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .default(10 * 1024 * 1024),
  GATEWAY_CONNECT_TIMEOUT_MS: z.coerce.number().int().min(50).default(2_000),
  GATEWAY_FIRST_BYTE_TIMEOUT_MS: z.coerce.number().int().min(50).default(30_000),
  GATEWAY_IDLE_TIMEOUT_MS: z.coerce.number().int().min(50).default(60_000),
  /** How long shipped usage is kept in DATA_DIR, in case the database loses commits in a failover. 0 turns it off. */
  USAGE_KEEP_SECONDS: z.coerce.number().int().min(0).max(604_800).default(3_600),
  /** Upper bound of what is kept, in bytes. */
  USAGE_KEEP_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(1024 ** 3),
  /** Concurrent requests to one upstream, per gateway process. */
  GATEWAY_UPSTREAM_CONNECTIONS: z.coerce.number().int().min(2).max(10_000).default(512),
  /** Concurrent requests of one team to one upstream, per gateway process. */
  GATEWAY_TEAM_CONCURRENCY: z.coerce.number().int().min(1).max(10_000).default(256),
  /** Requests of one team to one upstream that can wait for others to finish, up to 5 seconds. */
  GATEWAY_TEAM_QUEUE: z.coerce.number().int().min(0).max(10_000).default(256),
  /** Connections of one client address to a gateway process. Trusted proxies are not limited. */
  GATEWAY_CONNECTIONS_PER_CLIENT: z.coerce.number().int().min(1).default(1_000),
  /** How long a stopping gateway keeps serving after it reports itself as not ready. */
  DRAIN_SECONDS: z.coerce.number().min(0).max(20).optional(),
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-For is trusted. */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .refine(
      (list) => list.every(isAddressOrRange),
      'must be IP addresses or CIDR ranges, such as 10.0.0.0/8',
    ),
  /** Where GitHub publishes the keys that sign its reports to `/api/secret-scanning`, or a mirror of it. */
  GITHUB_SECRET_SCANNING_KEYS_URL: url.default('https://api.github.com/meta/public_keys/secret_scanning'),
  /** Allows upstreams on loopback and private networks. Off in production by default. */
  ALLOW_PRIVATE_UPSTREAMS: flag.optional(),
});

const Environment = Fields.superRefine((env, context) => {
  const problem = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message });
  checkTogether(env, problem);
  if ((env.LATCHKEY_ENV ?? env.NODE_ENV) === 'production') checkProduction(env, problem);
});

type Parsed = z.output<typeof Fields>;
type Problem = (name: string, message: string) => void;

function checkTogether(env: Parsed, problem: Problem): void {
  if (env.PORT === env.GATEWAY_PORT && env.PORT !== 0) problem('GATEWAY_PORT', 'must differ from PORT');
  if (URL.canParse(env.PORTAL_URL ?? '') && new URL(env.PORTAL_URL!).pathname !== '/')
    problem('PORTAL_URL', 'must be an origin without a path');
  if (env.PORTAL_URL && env.PORTAL_URL === env.GATEWAY_URL)
    problem('GATEWAY_URL', 'must differ from PORTAL_URL');
  if (env.DATABASE_LISTEN_URL && !env.DATABASE_URL)
    problem('DATABASE_URL', 'is required with DATABASE_LISTEN_URL');
}

function checkProduction(env: Parsed, problem: Problem): void {
  for (const name of ['PORTAL_URL', 'GATEWAY_URL'] as const) {
    if (!env[name]) problem(name, 'is required in production');
    else if (!env[name].startsWith('https:')) problem(name, 'must be an https:// URL in production');
  }
  for (const name of ['NEXTAUTH_SECRET', 'LATCHKEY_ENCRYPTION_KEY'] as const) {
    if (!env[name]) problem(name, 'is required in production');
    else if (isWeakSecret(env[name])) problem(name, 'is a placeholder or a pattern, not a random secret');
  }
  if (env.NEXTAUTH_SECRET && env.NEXTAUTH_SECRET === env.LATCHKEY_ENCRYPTION_KEY)
    problem('NEXTAUTH_SECRET', 'must differ from LATCHKEY_ENCRYPTION_KEY');
  const sends = Boolean(env.RESEND_API_KEY || env.SMTP_URL);
  if (!sends && !env.MAIL_TO_FILES)
    problem(
      'SMTP_URL',
      'or RESEND_API_KEY is required in production. MAIL_TO_FILES=1 writes emails to DATA_DIR/outbox',
    );
  if (sends && env.MAIL_FROM === MAIL_FROM_DEFAULT)
    problem('MAIL_FROM', 'is required to send emails in production');
  if (env.SHOW_OUTBOX) problem('SHOW_OUTBOX', "can't be used in production");
}

/** Longer than the interval at which proxies usually check readiness. */
const PRODUCTION_DRAIN_SECONDS = 5;

export type Env = ReturnType<typeof read>;

function read(source: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`);
    throw new InvalidEnvironment(`The configuration is invalid:\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const isProduction = (env.LATCHKEY_ENV ?? env.NODE_ENV) === 'production';
  const secrets = isProduction ? undefined : localSecrets(resolve(env.DATA_DIR));
  const hostUnlessSet = isProduction ? undefined : LOOPBACK;
  const HOST = env.HOST ?? hostUnlessSet;
  const PORTAL_URL = env.PORTAL_URL ?? `http://localhost:${env.PORT}`;
  const writesEmails = !env.RESEND_API_KEY && !env.SMTP_URL;
  const isLocal = isLoopback(HOST) && isLoopback(new URL(PORTAL_URL).hostname);
  return {
    ...env,
    NEXTAUTH_SECRET: need(env.NEXTAUTH_SECRET ?? secrets?.NEXTAUTH_SECRET),
    LATCHKEY_ENCRYPTION_KEY: need(env.LATCHKEY_ENCRYPTION_KEY ?? secrets?.LATCHKEY_ENCRYPTION_KEY),
    DATA_DIR: resolve(env.DATA_DIR),
    PORTAL_URL,
    /** Undefined for all addresses. */
    HOST,
    GATEWAY_HOST: env.GATEWAY_HOST ?? hostUnlessSet,
    /** Whether anyone who can reach the portal can read all emails at /outbox, including password reset links. */
    outboxIsShown: !isProduction && writesEmails && (env.SHOW_OUTBOX ?? isLocal),
    GATEWAY_URL: env.GATEWAY_URL ?? `http://localhost:${env.GATEWAY_PORT}`,
    ALLOW_PRIVATE_UPSTREAMS: env.ALLOW_PRIVATE_UPSTREAMS ?? !isProduction,
    DRAIN_SECONDS: env.DRAIN_SECONDS ?? (isProduction ? PRODUCTION_DRAIN_SECONDS : 0),
    isProduction,
    spoolDir: join(resolve(env.DATA_DIR), 'spool'),
    outboxDir: join(resolve(env.DATA_DIR), 'outbox'),
  };
}

const LOOPBACK = '127.0.0.1';
const isLoopback = (name: string | undefined): boolean =>
  name === 'localhost' || name === '::1' || name === '[::1]' || (name?.startsWith('127.') ?? false);

/** Outside production, missing secrets are generated once and kept with the data. */
function localSecrets(dataDir: string) {
  const path = join(dataDir, 'secrets.json');
  secureDataFolder(dataDir);
  const fresh = {
    NEXTAUTH_SECRET: randomBytes(32).toString('base64url'),
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
  };
  try {
    // `wx`: if several processes start together, one writes and the others read.
    writeFileSync(path, JSON.stringify(fresh), { flag: 'wx', mode: 0o600 });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // node:fs only throws this kind.
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

/** The environment, parsed once on first use. Nothing else reads `process.env`. */
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

/** Parses a given environment; for the start scripts, which build one for their child processes, and for tests. */
export const parseEnv = read;
