'use client';

import { toast } from 'sonner';
import { type ActionState, idle } from '#app/_actions/action-state.ts';
import { useFormAction } from '#app/_actions/use-form-action.ts';
import { Button } from '#app/_components/button.tsx';
import { Dialog } from '#app/_components/dialog.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { errorsOf, FormMessage } from '#app/_components/form-message.tsx';
import { SubmitButton } from '#app/_components/submit-button.tsx';
import { ROLES } from '#app/t/[team]/members/_invitations/roles.ts';
import { changeRoleAction } from '#app/t/[team]/members/actions.ts';
import type { DialogProps } from './acts-on.ts';

const OPTIONS = Object.entries(ROLES).map(([value, { label, access }]) => ({
  value,
  label: `${label}: ${access}`,
}));

export function RoleDialog({ team, person, onClose, onRefused }: DialogProps) {
  const [state, action] = useFormAction(async (before: ActionState, form: FormData) => {
    const next = await changeRoleAction(team, before, form);
    if (next.status === 'done') {
      toast.success(`Role of ${person.name} changed`);
      onClose();
    }
    if (next.status === 'refused') onRefused();
    return next;
  }, idle);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Change the role of ${person.name}`}
      description="Takes effect immediately. We’ll notify them by email."
    >
      <form action={action} noValidate className="flex flex-col gap-4">
        <FormMessage state={state} />
        <input type="hidden" name="memberId" value={person.id} />
        <SelectField
          label="Role"
          name="role"
          defaultValue={person.role}
          options={OPTIONS}
          error={errorsOf(state, 'role')}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <SubmitButton state={state} pendingLabel="Changing…">
            Change role
          </SubmitButton>
        </div>
      </form>
    </Dialog>
  );
}
