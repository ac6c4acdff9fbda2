import type { ActionState } from '#app/_actions/action-state.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf } from '#app/_components/form-message.tsx';
import { formatNumber } from '#lib/format.ts';
import type { PlanFigures } from '#lib/teams/figures.ts';

type Figure = keyof PlanFigures;

export const FIGURE_FIELDS: readonly { name: Figure; label: string; hint: string; canBeEmpty?: true }[] = [
  { name: 'dailyQuota', label: 'Daily quota', hint: 'Requests per UTC day, shared by all keys of a team.' },
  { name: 'retentionDays', label: 'Log retention', hint: 'Days that requests stay in the log.' },
  { name: 'burstRequests', label: 'Burst requests', hint: 'Requests that can arrive at once.' },
  { name: 'burstWindowSeconds', label: 'Burst window', hint: 'Seconds until the burst is available again.' },
  { name: 'membersMax', label: 'Members', hint: 'Leave empty for no limit.', canBeEmpty: true },
  { name: 'applicationsMax', label: 'Apps', hint: 'Leave empty for no limit.', canBeEmpty: true },
];

/** The limits of a plan, or the custom limits of a team. `fallback` is used for empty fields. */
export function FiguresFields<T>({
  state,
  values,
  fallback,
}: {
  state: ActionState<T>;
  values?: Partial<Record<Figure, number | null>>;
  fallback?: PlanFigures;
}) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {FIGURE_FIELDS.map(({ name, label, hint, canBeEmpty }) => (
        <TextField
          key={`${name} ${values?.[name]}`}
          label={label}
          name={name}
          inputMode="numeric"
          autoComplete="off"
          className="tabular-nums"
          required={!fallback && !canBeEmpty}
          optional={!fallback && canBeEmpty === true}
          defaultValue={values?.[name] ?? ''}
          placeholder={fallback ? `Plan: ${shown(fallback[name])}` : undefined}
          hint={fallback ? undefined : hint}
          error={errorsOf(state, name)}
        />
      ))}
    </div>
  );
}

const shown = (value: number | null) => (value === null ? 'no limit' : formatNumber(value));
