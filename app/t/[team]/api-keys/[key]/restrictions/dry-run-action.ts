'use server';

import { z } from 'zod';
import { memberAction } from '#app/_actions/member-action.ts';
import { type LabelledStep, labelSteps } from '#app/_logs/step-labels.ts';
import { readAllowedIp } from '#lib/credentials/allowed-ip.ts';
import { OneCredential } from '#lib/credentials/input.ts';
import { explainCall } from '#lib/gateway/explain-call.ts';
import { REASONS, type Reason } from '#lib/refusals/reasons.ts';

const ADDRESS_WANTED = 'Enter an address such as 203.0.113.9.';
const ORIGIN_WANTED = 'Enter an origin such as https://shop.example.com.';

const DryRun = OneCredential.extend({
  ip: z
    .string()
    .trim()
    .max(64, { abort: true, message: ADDRESS_WANTED })
    .refine((ip) => ip === '' || (readAllowedIp(ip).ok && !ip.includes('/')), ADDRESS_WANTED),
  endpointId: z.uuid('Choose an endpoint.'),
  origin: z
    .string()
    .trim()
    .max(2_048, { abort: true, message: ORIGIN_WANTED })
    .refine((text) => text === '' || URL.canParse(text), ORIGIN_WANTED),
});

export type DryRunResult = {
  /** Why it would be rejected. Null if it would pass. */
  refusal: { code: Reason; title: string; status: number } | null;
  steps: LabelledStep[];
};

export const dryRunAction = memberAction<typeof DryRun, DryRunResult>(
  DryRun,
  async (context, { endpointId, ...input }) => {
    const result = await explainCall(context, { ...input, endpoint: { id: endpointId } });
    if (!result.ok) return { status: 'refused', message: 'This key no longer exists.' };
    const { refusal, steps } = result.trace;
    const reason = refusal && REASONS[refusal];
    return {
      status: 'done',
      value: {
        refusal: refusal && reason && { code: refusal, title: reason.title, status: reason.status },
        steps: labelSteps(steps),
      },
    };
  },
);
