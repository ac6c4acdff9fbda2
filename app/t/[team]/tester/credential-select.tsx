'use client';

import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { FieldFrame } from '#app/_components/field-frame.tsx';
import { environmentLabel } from '#app/_keys/environments.ts';
import type { TesterCredential } from '#lib/tester/list-tester-credentials.ts';

/** The keys a member can test with, by environment: Development first. */
export function CredentialSelect({
  credentials,
  value,
  onChange,
}: {
  credentials: readonly TesterCredential[];
  /** Null if none is selected. */
  value: string | null;
  onChange: (keyId: string) => void;
}) {
  const id = useId();
  const groups = [...Map.groupBy(credentials, ({ environment }) => environment)];
  const chosen = credentials.find(({ keyId }) => keyId === value);
  return (
    <FieldFrame
      id={id}
      label="Credential"
      hint={chosen && <code className="break-all">{chosen.sharedKey}</code>}
      error={undefined}
    >
      <div className="relative">
        <select
          id={id}
          className="control appearance-none truncate pr-9"
          value={value ?? ''}
          aria-describedby={chosen && `${id}-hint`}
          onChange={(event) => onChange(event.target.value)}
        >
          {value === null && (
            <option value="" disabled>
              Choose a credential
            </option>
          )}
          {groups.map(([environment, list]) => (
            <optgroup key={environment} label={environmentLabel(environment)}>
              {list.map((one) => (
                <option key={one.keyId} value={one.keyId}>
                  {one.name} · {environmentLabel(environment)} ·{' '}
                  {one.own ? 'your own key' : (one.memberName ?? one.appTitle)}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute top-1/2 right-3 size-4 -translate-y-1/2 text-muted"
        />
      </div>
    </FieldFrame>
  );
}
