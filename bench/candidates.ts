import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_ARGS } from '../scripts/supervise.ts';
import { nginxConfiguration } from './candidates/nginx.ts';

/** In the order of measurement. Candidates that are compared are adjacent, because a machine changes within minutes. */
export const CANDIDATES = [
  'bare-undici-dispatch',
  'bare-undici',
  'gateway',
  'fastify',
  'gateway-1m',
  'unmetered',
  'gateway-process',
  'gateway-next',
  'nginx',
  'better-auth',
  'decision',
] as const;
export type CandidateName = (typeof CANDIDATES)[number];
export const isCandidate = (name: string): name is CandidateName =>
  (CANDIDATES as readonly string[]).includes(name);

/** What the run has prepared: URLs, databases, and files with one key per line. */
export type Ground = {
  upstreamUrl: string;
  database: { url: string; keysFile: string; key: string };
  few: { url: string } | undefined;
  /** The database with a million credentials. */
  large: { url: string; keysFile: string } | undefined;
  betterAuth: { url: string; keysFile: string } | undefined;
  /** Settings that Latchkey and Better Auth need in production. */
  secrets: Record<string, string>;
};

/** How a candidate is started and called. */
export type Candidate = {
  command: string;
  args: string[];
  env: Record<string, string>;
  path: string;
  header: string;
  prefix: string;
  keysFile: string;
  /** Warm-up before the first measurement, in seconds. */
  warmSeconds: number;
  /** The database whose usage log must contain every answered request at the end. */
  recordsTo?: string;
};

const node = process.execPath;
const WARM_SECONDS = 2;
/** Looks up each of 10,000 keys once before the measurement. */
const WARM_LARGE_SECONDS = 6;

/** Describes a candidate that listens on `port` and keeps its files in `folder`, which must be unused. */
export function candidate(name: CandidateName, ground: Ground, port: number, folder: string): Candidate {
  const { upstreamUrl, database } = ground;
  const plain = {
    command: node,
    args: [join('bench', 'candidates', `${name}.mjs`)],
    env: { NODE_ENV: 'production', PORT: String(port), UPSTREAM_URL: upstreamUrl },
    path: '/bench/ok',
    header: 'X-API-Key',
    prefix: '',
    keysFile: database.keysFile,
    warmSeconds: WARM_SECONDS,
  };
  const latchkey = (databaseUrl: string) => ({
    ...ground.secrets,
    NODE_ENV: 'production',
    LATCHKEY_ENV: 'production',
    DATABASE_URL: databaseUrl,
    DATA_DIR: folder,
    PORTAL_URL: 'https://portal.example.com',
    GATEWAY_URL: 'https://api.example.com',
    MAIL_TO_FILES: '1',
    GATEWAY_PORT: String(port),
    GATEWAY_WORKERS: '1',
    USAGE_DURABILITY: 'disk',
    USAGE_KEEP_SECONDS: '0', // Truncating the tables between runs would look like lost commits.
    ALLOW_PRIVATE_UPSTREAMS: '1', // The bench's upstream is on this machine.
    UV_THREADPOOL_SIZE: '8', // As `npm start` sets it.
  });

  switch (name) {
    case 'bare-undici':
    case 'bare-undici-dispatch':
      return plain;
    case 'fastify':
      return {
        ...plain,
        env: { ...plain.env, API_KEY: database.key },
        header: 'Authorization',
        prefix: 'Bearer ',
      };
    case 'nginx': {
      const file = join(folder, 'nginx.conf');
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, nginxConfiguration(port, upstreamUrl, folder));
      return { ...plain, command: 'nginx', args: ['-c', file, '-p', folder], env: {} };
    }
    case 'better-auth': {
      const { url, keysFile } = prepared(ground.betterAuth);
      return { ...plain, env: { ...plain.env, ...ground.secrets, DATABASE_URL: url }, keysFile };
    }
    case 'decision':
      return { ...plain, args: ['bench/candidates/decision.ts'], env: latchkey(database.url) };
    case 'gateway':
      return { ...plain, args: GATEWAY_ARGS, env: latchkey(database.url), recordsTo: database.url };
    case 'gateway-process':
      return {
        ...plain,
        args: GATEWAY_ARGS,
        env: { ...latchkey(database.url), USAGE_DURABILITY: 'process' },
        recordsTo: database.url,
      };
    case 'unmetered': {
      const args = [...GATEWAY_ARGS.slice(0, -1), 'bench/candidates/unmetered.ts'];
      return { ...plain, args, env: latchkey(database.url) };
    }
    case 'gateway-1m': {
      const { url, keysFile } = prepared(ground.large);
      return {
        ...plain,
        args: GATEWAY_ARGS,
        env: latchkey(url),
        keysFile,
        warmSeconds: WARM_LARGE_SECONDS,
        recordsTo: url,
      };
    }
    case 'gateway-next': {
      const args = [join('node_modules', 'next', 'dist', 'bin', 'next'), 'start', '-p', String(port)];
      return { ...plain, args, env: latchkey(database.url), path: '/gateway/bench/ok' };
    }
  }
}

function prepared<T>(part: T | undefined): T {
  if (!part) throw new Error('The run has not prepared what this candidate needs.');
  return part;
}
