'use client';

import { CircleCheck, CircleDashed, CircleX, Minus } from 'lucide-react';
import Link from 'next/link';

import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Badge } from '#app/_components/badge.tsx';
import { Card } from '#app/_components/card.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { type DryRunResult, dryRunAction } from './dry-run-action.ts';

/** "Would this key pass?" for an address and an endpoint: the gateway's decision, step by step. */
export function DryRun({
  team,
  keyId,
  currentIp,
  endpoints,
}: {
  team: string;
  keyId: string;
  currentIp: string | null;
  endpoints: readonly { value: string; label: string }[];
}) {
  const [state, action] = useFormAction(
    (before: ActionState<DryRunResult>, form: FormData) => dryRunAction(team, before, form),
    idle,
  );
  return (
    <Card
      title="Would this key pass?"
      description="Shows what the gateway would decide now. No request is sent or counted."
    >
      {endpoints.length === 0 ? (
        <p className="text-muted">
          This key’s app isn’t connected to any endpoints. All requests are rejected until it is.
        </p>
      ) : (
        // React resets a form after its action; here the entries are kept for the next check.
        <form
          action={action}
          onReset={(event) => event.preventDefault()}
          noValidate
          className="flex flex-col gap-4"
        >
          <FormMessage state={state} />
          <input type="hidden" name="keyId" value={keyId} />
          <TextField
            label="Address"
            name="ip"
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-sm"
            defaultValue={currentIp ?? ''}
            placeholder="203.0.113.9"
            error={errorsOf(state, 'ip')}
            hint="Leave empty to test with an unknown address."
          />
          <SelectField
            label="Endpoint"
            name="endpointId"
            options={endpoints}
            error={errorsOf(state, 'endpointId')}
          />
          <TextField
            label="Origin"
            name="origin"
            optional
            autoComplete="off"
            spellCheck={false}
            placeholder="https://shop.example.com"
            error={errorsOf(state, 'origin')}
          />
          <div className="flex justify-end">
            <SubmitButton state={state} variant="secondary" pendingLabel="Asking…">
              Check
            </SubmitButton>
          </div>
        </form>
      )}
      <div role="status">{state.status === 'done' && <Result result={state.value} />}</div>
    </Card>
  );
}

const LOOKS = {
  passed: { icon: CircleCheck, word: 'Passed', ink: 'text-success' },
  failed: { icon: CircleX, word: 'Failed', ink: 'text-danger' },
  skipped: { icon: CircleDashed, word: 'Only checked for real requests', ink: 'text-muted' },
  not_reached: { icon: Minus, word: 'Not reached', ink: 'text-faint' },
} as const;

function Result({ result: { refusal, steps } }: { result: DryRunResult }) {
  return (
    <div className="mt-5 border-t border-line pt-4">
      <p className="mb-3 flex flex-wrap items-center gap-2 font-medium">
        {refusal ? (
          <>
            <Badge tone="danger">Rejected</Badge>
            <span>
              {refusal.status}{' '}
              <Link href={`/docs/errors/${refusal.code}`} className="underline underline-offset-4">
                {refusal.title}
              </Link>
            </span>
          </>
        ) : (
          <>
            <Badge tone="success">Passes</Badge>
            <span>This request would reach the API.</span>
          </>
        )}
      </p>
      <ol className="flex flex-col gap-2">
        {steps.map(({ label, outcome, evidence }, index) => {
          const { icon: Icon, word, ink } = LOOKS[outcome];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place in the order.
            <li key={index} className="flex gap-2.5">
              <Icon role="img" aria-label={word} className={`mt-0.5 size-4 shrink-0 ${ink}`} />
              <span className="min-w-0">
                <span className={outcome === 'not_reached' ? 'text-muted' : 'font-medium'}>{label}</span>
                {evidence && <span className="block text-sm break-words text-muted">{evidence}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
