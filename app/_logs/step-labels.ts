import type { TraceStep, TraceStepName } from '#lib/gateway/explain.ts';

const LABELS: Record<TraceStepName, string> = {
  checksum: 'Checksum of the key',
  known: 'Key is known',
  secret: 'Secret fits',
  revocation: 'Not revoked',
  expiry: 'Not expired',
  state: 'Active',
  member: 'Its member',
  address: 'Allowed IPs',
  domain: 'Allowed domains',
  endpoint: 'Endpoint is known',
  connected: 'Endpoint is connected',
  environment: 'Environment',
  body: 'Size of the body',
  burst: 'Burst limit',
  credential: 'Daily limit of the key',
  application: 'Daily limit of the app',
  non_production: 'Production reserve',
  team: 'Daily quota of the team',
};

export type LabelledStep = { label: string; outcome: TraceStep['outcome']; evidence: string };

/** A trace in words. A member's limit of the day has the name of the step on his state, and comes after the burst. */
export function labelSteps(steps: readonly TraceStep[]): LabelledStep[] {
  const limitsFrom = steps.findIndex(({ step }) => step === 'burst');
  return steps.map(({ step, outcome, evidence }, index) => {
    const isLimit = limitsFrom >= 0 && index > limitsFrom;
    return {
      label: step === 'member' && isLimit ? 'Daily limit of the member' : LABELS[step],
      outcome,
      evidence,
    };
  });
}
