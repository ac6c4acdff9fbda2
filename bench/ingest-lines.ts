import { createHash, randomUUID } from 'node:crypto';
import { requestId } from '../lib/gateway/request-id.ts';
import { completionLine, intentLine, refusalLine } from '../lib/metering/lines.ts';
import { ENDPOINTS, KEYS_PER_TEAM, MEMBERS_PER_TEAM } from './seed-usage.ts';

/** Requests in the proportions of real traffic: few teams send most of them. */
export type Population = ReturnType<typeof populate>;

const ENDPOINTS_PER_KEY = 5;

/** The ID of an object created by `seedHolders`, by name. */
export function seededId(name: string): string {
  const hex = createHash('md5').update(name).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The teams and keys that `seedHolders` creates, each key with a few endpoints and addresses. */
export function populate(teams: number) {
  const keys = Array.from({ length: teams }, (_, team) =>
    Array.from({ length: KEYS_PER_TEAM }, (_, key) => ({
      id: seededId(`key${team}.${key}`),
      teamId: seededId(`team${team}`),
      applicationId: seededId(`app${team}.${key % 3}`),
      memberId: key < MEMBERS_PER_TEAM - 1 ? seededId(`member${team}.${key + 1}`) : null,
      environment: key % 2 === 0 ? 'production' : 'development',
      uses: Array.from({ length: ENDPOINTS_PER_KEY }, () => ({
        apiId: seededId('api'),
        endpointId: seededId(`endpoint${Math.floor(Math.random() * ENDPOINTS)}`),
      })),
      addresses: Array.from({ length: 3 }, () => `192.0.2.${Math.floor(Math.random() * 255)}`),
    })),
  );
  return { keys, nodeId: randomUUID() };
}

/** An index below `count` by a power law: the first of a thousand gets about a tenth, half of them a hundredth. */
const skewed = (count: number) => Math.min(count - 1, Math.floor(count ** Math.random()) - 1);

/** Spool lines for this many requests, and how many lines. One in fifty is rejected, one in ten fails. */
export function spooledCalls({ keys }: Population, calls: number, atMs: number, day: string) {
  const lines: string[] = [];
  for (let n = 0; n < calls; n++) {
    const team = keys[skewed(keys.length)]!;
    const key = team[skewed(team.length)]!;
    const call = {
      id: requestId(atMs),
      atMs,
      day,
      credential: key,
      route: key.uses[skewed(ENDPOINTS_PER_KEY)]!,
      method: 'GET',
      path: `/weather/v1/cities/${n}/forecast`,
      clientIp: key.addresses[skewed(3)]!,
      userAgent: 'okhttp/4.12.0',
    };
    if (n % 50 === 0) {
      lines.push(refusalLine(call, { status: 429, reason: 'quota_exceeded', latencyMs: 0.2 }));
      continue;
    }
    const status = n % 10 === 1 ? (n % 20 === 1 ? 404 : 500) : 200;
    const done = {
      status,
      reason: null,
      counted: true,
      latencyMs: 4 * Math.exp(Math.random() * 4),
      bytesIn: 0,
      bytesOut: 2_000,
    };
    lines.push(intentLine(call), completionLine(call, { outcome: 'answered', ...done }));
  }
  return { text: lines.join('').trimEnd(), lines: lines.length };
}
