import { Button, LinkButton } from '#app/_components/button.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import type { MembersFilter } from '#lib/members/list-members.ts';

const any = { value: '', label: 'Any' };
const ROLES = [
  any,
  { value: 'owner', label: 'Owner' },
  { value: 'admin', label: 'Admin' },
  { value: 'member', label: 'Member' },
];

/** A form that only navigates. The URL holds its state and can be shared. */
export function MembersFilterBar({
  filter,
  path,
  withPending,
}: {
  filter: MembersFilter;
  path: string;
  withPending: boolean;
}) {
  const { search, role, status, sort, order } = filter;
  const statuses = [
    any,
    { value: 'active', label: 'Active' },
    ...(withPending ? [{ value: 'pending', label: 'Pending' }] : []),
    { value: 'suspended', label: 'Suspended' },
  ];
  return (
    <form
      // A new URL is a new form, so that earlier choices don't linger.
      key={JSON.stringify(filter)}
      action={path}
      noValidate
      aria-label="Filter team members"
      className="mb-4 grid grid-cols-2 items-end gap-3 sm:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,1fr)_auto]"
    >
      <div className="col-span-2 sm:col-span-1">
        <TextField
          label="Search members"
          name="search"
          type="search"
          placeholder="Name or email"
          defaultValue={search ?? ''}
          maxLength={200}
        />
      </div>
      <SelectField label="Role" name="role" defaultValue={role ?? ''} options={ROLES} />
      <SelectField label="Status" name="status" defaultValue={status ?? ''} options={statuses} />
      {sort && <input type="hidden" name="sort" value={sort} />}
      {order && <input type="hidden" name="order" value={order} />}
      <div className="col-span-2 flex items-center gap-2 sm:col-span-1">
        <Button type="submit">Apply filters</Button>
        {(search || role || status) && (
          <LinkButton href={path} variant="ghost">
            Clear filters
          </LinkButton>
        )}
      </div>
    </form>
  );
}
