import { Button, LinkButton } from '#app/_components/button.tsx';
import { SelectField } from '#app/_components/field.tsx';
import { ENVIRONMENTS } from '#app/_keys/environments.ts';
import type { Choice, UsageChoices } from '#lib/usage/read-usage-choices.ts';
import type { Scoped } from '#lib/usage/usage-scope.ts';
import type { Place } from './place.ts';
import { Kept } from './range-picker.tsx';

/** The filters of a usage page. The form only navigates, so the URL holds the filters and can be shared. */
export function ScopeForm({ place, choices, scope }: { place: Place; choices: UsageChoices; scope: Scoped }) {
  const { query, fixed } = place;
  const fields = [
    { name: 'app', label: 'Application', options: choices.app, found: scope.app?.name },
    { name: 'key', label: 'Key', options: choices.key, found: scope.key?.name },
    { name: 'member', label: 'Member', options: choices.member, found: scope.member?.name },
    {
      name: 'endpoint',
      label: 'Endpoint',
      options: choices.endpoint,
      found: scope.endpoint && `${scope.endpoint.method} ${scope.endpoint.name}`,
    },
    { name: 'environment', label: 'Environment', options: ENVIRONMENTS, found: null },
  ] as const;
  // A key belongs to one app, member and environment, so those filters are hidden on its page.
  const settled = fixed.key ? ['app', 'key', 'member', 'environment'] : Object.keys(fixed);
  const shown = fields.filter(({ name, options }) => !settled.includes(name) && options.length > 0);
  const names = place.narrowed;
  const cleared = Object.fromEntries(names.map((name) => [name, undefined]));
  if (shown.length === 0) return null;
  return (
    <form
      action={place.path}
      noValidate
      aria-label="Filter usage"
      className="grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap [&>div]:sm:w-44"
    >
      <Kept place={place} names={['range', 'from', 'to', 'grain', 'compare']} />
      {shown.map(({ name, label, options, found }) => (
        <div key={name}>
          <SelectField
            label={label}
            name={name}
            defaultValue={query[name] ?? ''}
            options={[{ value: '', label: 'All' }, ...withSelected(options, query[name], found)]}
          />
        </div>
      ))}
      <Button type="submit">Apply</Button>
      {names.length > 0 && (
        <LinkButton href={place.with(cleared)} variant="ghost" scroll={false}>
          Clear filters
        </LinkButton>
      )}
    </form>
  );
}

/** Adds the selected option if the list is too long to contain it. */
function withSelected(
  options: readonly Choice[],
  value: string | undefined,
  name: string | null | undefined,
): readonly Choice[] {
  if (!value || options.some((option) => option.value === value)) return options;
  return [{ value, label: name ?? value }, ...options];
}
