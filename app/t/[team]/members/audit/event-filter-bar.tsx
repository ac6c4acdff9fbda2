import { Button, LinkButton } from '#app/_components/button.tsx';
import { CheckedField } from '#app/_components/checked-field.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import { FilterForm } from '#app/_components/filter-form.tsx';
import { ACTION_GROUPS } from '#lib/audit/event-labels.ts';
import type { EventFilter } from '#lib/audit/list-events.ts';

const GROUPS = [
  { value: '', label: 'All actions' },
  ...Object.entries(ACTION_GROUPS).map(([value, { label }]) => ({ value, label })),
];

const INCOMPLETE_DATE = 'Enter a full date, or leave it empty.';

/** A form that only navigates. The URL holds its state and can be shared. */
export function EventFilterBar({
  filter,
  path,
  actors,
  filtered,
}: {
  filter: EventFilter;
  path: string;
  actors: readonly { userId: string; name: string; email: string }[];
  filtered: boolean;
}) {
  const people = [
    { value: '', label: 'Everyone' },
    ...actors.map(({ userId, name, email }) => ({ value: userId, label: `${name} (${email})` })),
    { value: 'others', label: 'Operator and system' },
  ];
  return (
    <FilterForm
      action={path}
      aria-label="Filter the audit log"
      className="mb-4 grid grid-cols-2 items-end gap-3 sm:grid-cols-3 lg:grid-cols-5"
    >
      <SelectField label="Person" name="person" defaultValue={filter.person ?? ''} options={people} />
      <SelectField label="Action" name="group" defaultValue={filter.group ?? ''} options={GROUPS} />
      <CheckedField
        label="From (first day, UTC)"
        name="from"
        type="date"
        defaultValue={filter.from ?? ''}
        wrong={INCOMPLETE_DATE}
      />
      <CheckedField
        label="To (last day, UTC)"
        name="to"
        type="date"
        defaultValue={filter.to ?? ''}
        wrong={INCOMPLETE_DATE}
      />
      <TextField label="Contains" name="search" defaultValue={filter.search ?? ''} maxLength={100} />
      <div className="col-span-full flex flex-wrap items-center gap-2">
        <Button type="submit" size="sm">
          Apply filters
        </Button>
        {filtered && (
          <LinkButton href={path} size="sm" variant="ghost">
            Clear filters
          </LinkButton>
        )}
      </div>
    </FilterForm>
  );
}
