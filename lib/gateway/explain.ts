import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { formatCount, formatNumber } from '#lib/format.ts';
import { LIMIT_REASONS, type Reason } from '#lib/refusals/reasons.ts';
import { ADMISSION_STEPS, type CallFacts } from './admit.ts';
import type { KnownCredential } from './ports.ts';

type AdmissionStep = (typeof ADMISSION_STEPS)[number]['name'];
export type TraceStepName = 'checksum' | 'known' | 'secret' | AdmissionStep | 'body' | 'burst' | LimitKind;

export type TraceStep = {
  readonly step: TraceStepName;
  /** `skipped`: can only be checked for a real request. */
  readonly outcome: 'passed' | 'failed' | 'not_reached' | 'skipped';
  readonly reason: Reason | null;
  /** One or two sentences about what was checked. */
  readonly evidence: string;
};

export type Trace = { readonly refusal: Reason | null; readonly steps: readonly TraceStep[] };

export type ExplainFacts = Omit<CallFacts, 'known'> & {
  readonly known: KnownCredential | null;
  /** Usage of each daily limit. */
  readonly used: readonly { readonly limit: DayLimit; readonly used: number }[];
  /** `METHOD /path` of the endpoint, for the evidence. */
  readonly endpoint: string;
  /** The recorded reason when a past request is explained, which shows where it failed. */
  readonly recorded?: Reason | null;
};

type Judged = {
  step: TraceStepName;
  reason: Reason | null;
  evidence: string;
  skipped?: true;
  /** A daily limit: the member's has the same name as the step for the member's status. */
  isLimit?: true;
};

const LIMIT_ORDER: readonly LimitKind[] = ['credential', 'member', 'application', 'non_production', 'team'];
const WHOSE: Record<LimitKind, string> = {
  credential: 'this key',
  member: 'its member',
  application: 'its app',
  non_production: 'Development and Staging, which can’t use the Production reserve',
  team: 'the team',
};

/**
 * The gateway's decision on a request, step by step, with evidence: the same steps in the same order as for a real request.
 * Explains whether a request would be accepted and, with `recorded`, why one was rejected.
 */
export function explain(facts: ExplainFacts): Trace {
  const judged = judge(facts);
  const decided =
    facts.recorded === undefined ? judged : judged.map((step) => asRecorded(step, facts.recorded!));
  const at = decided.findIndex(({ reason }) => reason !== null);
  return {
    refusal: at < 0 ? null : decided[at]!.reason,
    steps: decided.map(({ step, reason, evidence, skipped }, i) => {
      if (at >= 0 && i > at) return { step, outcome: 'not_reached', reason: null, evidence: '' };
      return { step, outcome: reason ? 'failed' : skipped ? 'skipped' : 'passed', reason, evidence };
    }),
  };
}

function judge(facts: ExplainFacts): Judged[] {
  const { known } = facts;
  const steps: Judged[] = [
    { step: 'checksum', reason: null, evidence: 'The secret key is not checked here.', skipped: true },
    {
      step: 'known',
      reason: known ? null : 'invalid_credentials',
      evidence: known ? `Key ${known.keyId}, ${known.environment}.` : 'This key doesn’t exist.',
    },
    { step: 'secret', reason: null, evidence: 'The secret key is not checked here.', skipped: true },
  ];
  if (!known) return steps;
  const call: CallFacts = { ...facts, known };
  for (const { name, refuse } of ADMISSION_STEPS)
    steps.push({ step: name, reason: refuse(call), evidence: EVIDENCE[name](call, facts.endpoint) });
  const { burstRequests, burstWindowSeconds } = known;
  steps.push(
    {
      step: 'body',
      reason: null,
      evidence: 'The size of the body is only known when it is sent.',
      skipped: true,
    },
    {
      step: 'burst',
      reason: null,
      evidence: `${formatCount(burstRequests, 'request')} in ${burstWindowSeconds} s for the team. How many remain changes every second.`,
      skipped: true,
    },
  );
  for (const kind of LIMIT_ORDER) {
    const of = facts.used.find(({ limit }) => limit.kind === kind);
    const isReached = of !== undefined && of.used >= of.limit.requests;
    steps.push({
      step: kind,
      isLimit: true,
      reason: isReached ? LIMIT_REASONS[kind] : null,
      evidence: of
        ? `${formatNumber(of.used)} of ${formatCount(of.limit.requests, 'request')} used today (UTC) by ${WHOSE[kind]}.`
        : `No daily limit for ${WHOSE[kind]}.`,
    });
  }
  return steps;
}

/** For a past request, the step of the recorded reason failed, whatever its result would be now. */
function asRecorded(judged: Judged, recorded: Reason | null): Judged {
  const failedHere =
    recorded !== null && STEP_OF[recorded] === judged.step && isLimit(recorded) === (judged.isLimit ?? false);
  const now = judged.reason;
  if (failedHere && now === null && !judged.skipped)
    return { ...judged, reason: recorded, evidence: `${judged.evidence} It would pass now.` };
  if (failedHere) return { ...judged, reason: recorded };
  if (now !== null)
    return { ...judged, reason: null, evidence: `${judged.evidence} It passed at that time.` };
  return judged;
}

const isLimit = (reason: Reason) => Object.values<Reason>(LIMIT_REASONS).includes(reason);

/** The step behind each reason. Reasons of requests that never had a trace are missing. */
const STEP_OF: Partial<Record<Reason, TraceStepName>> = {
  invalid_credentials: 'secret',
  credential_revoked: 'revocation',
  credential_expired: 'expiry',
  credential_paused: 'state',
  member_suspended: 'member',
  ip_not_allowed: 'address',
  ip_unknown: 'address',
  domain_not_allowed: 'domain',
  unknown_endpoint: 'endpoint',
  unroutable_path: 'endpoint',
  uri_too_long: 'endpoint',
  endpoint_not_connected: 'connected',
  environment_not_allowed: 'environment',
  body_too_large: 'body',
  rate_limited: 'burst',
  key_limit_exceeded: 'credential',
  member_limit_exceeded: 'member',
  application_limit_exceeded: 'application',
  production_reserved: 'non_production',
  quota_exceeded: 'team',
};

const utc = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

const EVIDENCE: Record<AdmissionStep, (call: CallFacts, endpoint: string) => string> = {
  revocation: ({ known }) =>
    known.teamDeleted ? 'The team was deleted.' : known.status === 'revoked' ? 'Revoked.' : 'Not revoked.',
  expiry: ({ known, nowMs }) =>
    known.expiresAtMs === null
      ? 'Never expires.'
      : `${nowMs >= known.expiresAtMs ? 'Expired' : 'Expires'} at ${utc(known.expiresAtMs)}. The request was made at ${utc(nowMs)}.`,
  state: ({ known }) =>
    known.status === 'paused' ? 'Paused.' : known.applicationArchived ? 'Its app is archived.' : 'Active.',
  member: ({ known }) =>
    known.memberId === null
      ? 'The key doesn’t belong to a member.'
      : known.memberActive
        ? 'Its member is active.'
        : 'Its member is not active.',
  address: ({ known, clientIp }) => {
    if (known.allowedIps.length === 0) return 'All IP addresses are allowed.';
    const list = known.allowedIps.join(', ');
    return clientIp === null
      ? `Allowed: ${list}. The request’s address is unknown.`
      : `Allowed: ${list}. The request came from ${clientIp}.`;
  },
  domain: ({ known, origin, referer }) =>
    known.allowedDomains.length === 0
      ? 'All domains are allowed.'
      : `Allowed: ${known.allowedDomains.join(', ')}${known.originRequired ? '' : ', and requests without a domain'}. The request came from ${origin ?? referer ?? 'no domain'}.`,
  endpoint: ({ route }, endpoint) =>
    route ? `${endpoint} is in the catalog.` : `No endpoint in the catalog matches ${endpoint}.`,
  connected: ({ known, route }) =>
    route && known.endpoints.has(route.endpointId) ? 'Connected to the app.' : 'Not connected to the app.',
  environment: ({ known, route }) =>
    route?.productionOnly
      ? `For Production keys only. This key is for ${known.environment}.`
      : 'Accepts keys of all environments.',
};
