'use server';

import { z } from 'zod';
import { readAllowedIp } from '#lib/credentials/allowed-ip.ts';
import { OneCredential } from '#lib/credentials/pause-credential.ts';
import type { TraceStep, TraceStepName } from '#lib/gateway/explain.ts';
import { explainCall } from '#lib/gateway/explain-call.ts';
import { REASONS, type Reason } from '#lib/gateway/reasons.ts';
import { memberAction } from '../../../../../member-action.ts';

const DryRun = OneCredential.extend({
  ip: z
    .string()
    .trim()
    .max(64)
    .refine(
      (ip) => ip === '' || (readAllowedIp(ip).ok && !ip.includes('/')),
      'Enter an address such as 203.0.113.9.',
    ),
  endpointId: z.uuid('Choose an endpoint.'),
  origin: z
    .string()
    .trim()
    .max(2_048)
    .refine((text) => text === '' || URL.canParse(text), 'Enter an origin such as https://shop.example.com.'),
});

export type DryRunAnswer = {
  /** Why it would be refused; null where it would pass. */
  refusal: { code: Reason; title: string; status: number } | null;
  steps: { label: string; outcome: TraceStep['outcome']; evidence: string }[];
};

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

export const dryRunAction = memberAction<typeof DryRun, DryRunAnswer>(
  DryRun,
  async (context, { endpointId, ...input }) => {
    const answer = await explainCall(context, { ...input, endpoint: { id: endpointId } });
    if (!answer.ok) return { status: 'refused', message: 'This key is no longer there.' };
    const { refusal, steps } = answer.trace;
    const told = refusal && REASONS[refusal];
    return {
      status: 'done',
      value: {
        refusal: refusal && told && { code: refusal, title: told.title, status: told.status },
        // The limit of a member stands beside his state; two steps of one name are told apart by what they looked at.
        steps: steps.map(({ step, outcome, evidence }) => ({ label: LABELS[step], outcome, evidence })),
      },
    };
  },
);
