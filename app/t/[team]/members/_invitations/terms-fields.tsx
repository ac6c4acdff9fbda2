'use client';

import { useState } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';
import { SelectField, TextAreaField } from '#app/_components/field.tsx';
import { errorsOf } from '#app/_components/form-message.tsx';
import type { Role } from '#lib/access/permissions.ts';
import { ROLES } from './roles.ts';

/** Role and message, for one person or several. */
export function TermsFields<T>({ roles, state }: { roles: Role[]; state: ActionState<T> }) {
  const [role, setRole] = useState<Role>(roles.includes('member') ? 'member' : (roles[0] ?? 'member'));
  return (
    <>
      <SelectField
        label="Role"
        name="role"
        value={role}
        options={roles.map((value) => ({ value, label: ROLES[value].label }))}
        onChange={(event) => setRole(roles.find((each) => each === event.target.value) ?? role)}
        hint={ROLES[role].access}
        error={errorsOf(state, 'role')}
      />
      <TextAreaField
        label="Personal message"
        name="message"
        optional
        rows={3}
        maxLength={500}
        error={errorsOf(state, 'message')}
      />
    </>
  );
}
