import type { ActionState } from '#app/_actions/action-state.ts';
import { TextField } from '#app/_components/field.tsx';
import { errorsOf } from '#app/_components/form-message.tsx';
import type { PlanFigures } from '#lib/teams/figures.ts';

type Figure = keyof PlanFigures;

export const FIGURE_FIELDS: readonly { name: Figure; label: string; hint: string; mayBeEmpty?: true }[] = [
  { name: 'dailyQuota', label: 'Daily quota', hint: 'Calls a UTC day, shared by all keys of a team.' },
  { name: 'retentionDays', label: 'Log retention', hint: 'Days that requests stay in the log.' },
  { name: 'burstRequests', label: 'Burst requests', hint: 'Calls that may come at once.' },
  { name: 'burstWindowSeconds', label: 'Burst window', hint: 'Seconds until they may come again.' },
  { name: 'membersMax', label: 'Members', hint: 'Empty for no limit.', mayBeEmpty: true },
  { name: 'applicationsMax', label: 'Apps', hint: 'Empty for no limit.', mayBeEmpty: true },
];

/** The six figures of a plan, or of what was agreed with a team instead; `fallback` is what an empty field means. */
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
      {FIGURE_FIELDS.map(({ name, label, hint, mayBeEmpty }) => (
        <TextField
          key={`${name} ${values?.[name]}`}
          label={label}
          name={name}
          inputMode="numeric"
          autoComplete="off"
          className="tabular-nums"
          required={!fallback && !mayBeEmpty}
          optional={!fallback && mayBeEmpty === true}
          defaultValue={values?.[name] ?? ''}
          placeholder={fallback ? `Plan: ${shown(fallback[name])}` : undefined}
          hint={fallback ? undefined : hint}
          error={errorsOf(state, name)}
        />
      ))}
    </div>
  );
}

const shown = (value: number | null) => value?.toLocaleString('en') ?? 'no limit';
