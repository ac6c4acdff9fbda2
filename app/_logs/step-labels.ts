import type { TraceStep, TraceStepName } from '#lib/gateway/explain.ts';

const LABELS: Record<TraceStepName, string> = {
  checksum: 'Key checksum',
  known: 'Key exists',
  secret: 'Secret matches',
  revocation: 'Not revoked',
  expiry: 'Not expired',
  state: 'Active',
  member: 'Member is active',
  address: 'Allowed IPs',
  domain: 'Allowed domains',
  endpoint: 'Endpoint exists',
  connected: 'Endpoint is connected',
  environment: 'Environment',
  body: 'Body size',
  burst: 'Burst limit',
  credential: 'Daily limit of the key',
  application: 'Daily limit of the app',
  non_production: 'Production reserve',
  team: 'Daily quota of the team',
};

export type LabelledStep = { label: string; outcome: TraceStep['outcome']; evidence: string };

/** A trace with labels. Two steps are named `member`: the one after the burst limit is the member's daily limit. */
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
