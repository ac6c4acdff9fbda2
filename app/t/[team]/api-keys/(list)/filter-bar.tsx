import { Button, LinkButton } from '#app/_components/button.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import { ENVIRONMENTS } from '#app/_keys/environments.ts';
import type { KeysFilter, readKeyFilters } from '#lib/credentials/list-team-credentials.ts';

const any = { value: '', label: 'Any' };
const STATUSES = [
  any,
  { value: 'live', label: 'Not expired or revoked' },
  { value: 'active', label: 'Active' },
  { value: 'paused', label: 'Inactive' },
  { value: 'retiring', label: 'Retiring' },
  { value: 'expired', label: 'Expired' },
  { value: 'revoked', label: 'Revoked' },
];

/** A form that only navigates: its state is in the URL, which can be shared. */
export function KeysFilterBar({
  filter,
  path,
  offered,
  filtered,
}: {
  filter: KeysFilter;
  path: string;
  offered: Awaited<ReturnType<typeof readKeyFilters>>;
  filtered: boolean;
}) {
  const { search, environment, status, app, owner, sort, order } = filter;
  return (
    <form
      // The key resets the form when the URL changes.
      key={JSON.stringify(filter)}
      action={path}
      noValidate
      aria-label="Filter keys"
      className="mb-4 grid grid-cols-2 items-end gap-3 lg:grid-cols-[minmax(0,1.6fr)_repeat(4,minmax(0,1fr))_auto]"
    >
      <div className="col-span-2 lg:col-span-1">
        <TextField
          label="Search keys"
          name="search"
          type="search"
          placeholder="Name, description or shared key"
          defaultValue={search ?? ''}
          maxLength={200}
        />
      </div>
      <SelectField
        label="Environment"
        name="environment"
        defaultValue={environment ?? ''}
        options={[any, ...ENVIRONMENTS]}
      />
      <SelectField label="Status" name="status" defaultValue={status ?? ''} options={STATUSES} />
      <SelectField
        label="Application"
        name="app"
        defaultValue={app ?? ''}
        options={[any, ...offered.apps.map(({ appId, title }) => ({ value: appId, label: title }))]}
      />
      <SelectField
        label="Owner"
        name="owner"
        defaultValue={owner ?? ''}
        options={[any, ...offered.people.map(({ id, name }) => ({ value: id, label: name }))]}
      />
      {sort && <input type="hidden" name="sort" value={sort} />}
      {order && <input type="hidden" name="order" value={order} />}
      <div className="col-span-2 flex items-center gap-2 lg:col-span-1">
        <Button type="submit">Apply filters</Button>
        {filtered && (
          <LinkButton href={path} variant="ghost" className="lg:px-2!">
            Clear
            <span className="sr-only"> filters</span>
          </LinkButton>
        )}
      </div>
    </form>
  );
}
