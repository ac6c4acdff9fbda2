'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { CheckboxField, TextField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { ENVIRONMENT_LABELS } from '#lib/credentials/environment-labels.ts';
import { setKeyPolicyAction } from './key-policy-actions.ts';

type Policy = {
  revokesExposed: boolean;
  rotationDaysDevelopment: number | null;
  rotationDaysStaging: number | null;
  rotationDaysProduction: number | null;
};

const ENVIRONMENTS = [
  { name: 'rotationDaysDevelopment', label: ENVIRONMENT_LABELS.development },
  { name: 'rotationDaysStaging', label: ENVIRONMENT_LABELS.staging },
  { name: 'rotationDaysProduction', label: ENVIRONMENT_LABELS.production },
] as const;

export function KeyPolicyForm({ team, policy }: { team: string; policy: Policy }) {
  const [state, action] = useFormAction(async (before: ActionState, form: FormData) => {
    const next = await setKeyPolicyAction(team, before, form);
    if (next.status === 'done') toast.success('Key policy saved');
    return next;
  }, idle);
  return (
    <form action={action} noValidate className="flex flex-col gap-5">
      <FormMessage state={state} />
      <CheckboxField
        // The keys reset the fields to the saved values and keep the focus on the button.
        key={String(policy.revokesExposed)}
        label="Revoke exposed keys automatically"
        name="revokesExposed"
        defaultChecked={policy.revokesExposed}
        hint="A secret key found in public, through secret scanning or a report, stops working immediately. Otherwise it’s marked as exposed and you’re notified."
        error={errorsOf(state, 'revokesExposed')}
      />
      <fieldset>
        <legend className="font-medium">Replace keys after</legend>
        <p className="mt-0.5 text-sm text-muted">
          In days. We recommend 90. Older keys appear as security findings but keep working. Leave empty for
          no limit.
        </p>
        <div className="mt-3 grid gap-4 sm:grid-cols-3">
          {ENVIRONMENTS.map(({ name, label }) => (
            <TextField
              key={`${name} ${policy[name]}`}
              label={label}
              name={name}
              inputMode="numeric"
              autoComplete="off"
              placeholder="No limit"
              defaultValue={policy[name] ?? ''}
              error={errorsOf(state, name)}
            />
          ))}
        </div>
      </fieldset>
      <div>
        <SubmitButton state={state} pendingLabel="Saving…">
          Save key policy
        </SubmitButton>
      </div>
    </form>
  );
}
