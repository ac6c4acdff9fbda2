import type { DayLimit, LimitKind } from '#lib/admission/day-limits.ts';
import { LIMIT_REASONS, type Reason } from '#lib/refusals/reasons.ts';
import { ADMISSION_STEPS, type CallFacts } from './admit.ts';
import type { KnownCredential } from './ports.ts';

type AdmissionStep = (typeof ADMISSION_STEPS)[number]['name'];
export type TraceStepName = 'checksum' | 'known' | 'secret' | AdmissionStep | 'body' | 'burst' | LimitKind;

export type TraceStep = {
  readonly step: TraceStepName;
  /** `skipped`: only a real call can tell. */
  readonly outcome: 'passed' | 'failed' | 'not_reached' | 'skipped';
  readonly reason: Reason | null;
  /** A sentence on what was looked at. */
  readonly evidence: string;
};

export type Trace = { readonly refusal: Reason | null; readonly steps: readonly TraceStep[] };

export type ExplainFacts = Omit<CallFacts, 'known'> & {
  readonly known: KnownCredential | null;
  /** Of each limit of the day how much is used. */
  readonly used: readonly { readonly limit: DayLimit; readonly used: number }[];
  /** `METHOD /path` of the endpoint, for the evidence. */
  readonly endpoint: string;
  /** The refusal that is on record, when a past call is explained: what it failed on is then known, not worked out. */
  readonly recorded?: Reason | null;
};

type Judged = {
  step: TraceStepName;
  reason: Reason | null;
  evidence: string;
  skipped?: true;
  /** A limit of the day: that of a member has the same name as the step on his state. */
  isLimit?: true;
};

const number = new Intl.NumberFormat('en');
const LIMIT_ORDER: readonly LimitKind[] = ['credential', 'member', 'application', 'non_production', 'team'];
const WHOSE: Record<LimitKind, string> = {
  credential: 'this key pair',
  member: 'its member',
  application: 'its application',
  non_production: 'Development and Staging, beside the Production reserve',
  team: 'the team',
};

/**
 * The gateway's decision about a call, step by step, with its evidence: the same steps in the same order as a real call
 * takes. Answers to "would this pass?" and, with `recorded`, to "why was this refused?".
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
    { step: 'checksum', reason: null, evidence: 'The secret key is not looked at here.', skipped: true },
    {
      step: 'known',
      reason: known ? null : 'invalid_credentials',
      evidence: known ? `Key pair ${known.keyId}, ${known.environment}.` : 'No such key pair.',
    },
    { step: 'secret', reason: null, evidence: 'The secret key is not looked at here.', skipped: true },
  ];
  if (!known) return steps;
  const call: CallFacts = { ...facts, known };
  for (const { name, refuse } of ADMISSION_STEPS)
    steps.push({ step: name, reason: refuse(call), evidence: EVIDENCE[name](call, facts.endpoint) });
  const { burstRequests, burstWindowSeconds } = known;
  steps.push(
    { step: 'body', reason: null, evidence: 'The size of a body shows when it is sent.', skipped: true },
    {
      step: 'burst',
      reason: null,
      evidence: `${number.format(burstRequests)} calls in ${burstWindowSeconds} s for the team; whether they are used up changes by the second.`,
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
        ? `${number.format(of.used)} of ${number.format(of.limit.requests)} calls used today (UTC) by ${WHOSE[kind]}.`
        : `No limit of the day for ${WHOSE[kind]}.`,
    });
  }
  return steps;
}

/** A past call: the step that its reason belongs to failed, whatever the same step would say now. */
function asRecorded(judged: Judged, recorded: Reason | null): Judged {
  const failedHere =
    recorded !== null && STEP_OF[recorded] === judged.step && isLimit(recorded) === (judged.isLimit ?? false);
  const now = judged.reason;
  if (failedHere && now === null && !judged.skipped)
    return { ...judged, reason: recorded, evidence: `${judged.evidence} It would pass now.` };
  if (failedHere) return { ...judged, reason: recorded };
  if (now !== null) return { ...judged, reason: null, evidence: `${judged.evidence} It passed then.` };
  return judged;
}

const isLimit = (reason: Reason) => Object.values<Reason>(LIMIT_REASONS).includes(reason);

/** The step that refuses for a reason; those of a call that never got to have a trace have none. */
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
    known.teamDeleted ? 'The team is deleted.' : known.status === 'revoked' ? 'Revoked.' : 'Not revoked.',
  expiry: ({ known, nowMs }) =>
    known.expiresAtMs === null
      ? 'Never expires.'
      : `${nowMs >= known.expiresAtMs ? 'Ended' : 'Ends'} at ${utc(known.expiresAtMs)}; the call is of ${utc(nowMs)}.`,
  state: ({ known }) =>
    known.status === 'paused'
      ? 'Paused.'
      : known.applicationArchived
        ? 'Its application is archived.'
        : 'Active.',
  member: ({ known }) =>
    known.memberId === null
      ? 'No member’s own key.'
      : known.memberActive
        ? 'Its member is active.'
        : 'Its member is not active.',
  address: ({ known, clientIp }) => {
    if (known.allowedIps.length === 0) return 'Any address is allowed.';
    const list = known.allowedIps.join(', ');
    return clientIp === null
      ? `Allowed: ${list}. The address is not known.`
      : `Allowed: ${list}. The call comes from ${clientIp}.`;
  },
  domain: ({ known, origin, referer }) =>
    known.allowedDomains.length === 0
      ? 'Any site is allowed.'
      : `Allowed: ${known.allowedDomains.join(', ')}. The call names ${origin ?? referer ?? 'no site'}.`,
  endpoint: ({ route }, endpoint) =>
    route ? `${endpoint} is in the catalog.` : `No endpoint of the catalog answers to ${endpoint}.`,
  connected: ({ known, route }) =>
    route && known.endpoints.has(route.endpointId)
      ? 'Connected to the application.'
      : 'Not connected to the application.',
  environment: ({ known, route }) =>
    route?.productionOnly
      ? `For Production keys only; this one is of ${known.environment}.`
      : 'Takes keys of every environment.',
};
