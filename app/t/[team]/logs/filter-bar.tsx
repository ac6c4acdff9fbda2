import type { LogFilter } from '#lib/usage/list-requests.ts';
import { Button, LinkButton } from '../../../_components/button.tsx';
import { SelectField, TextField } from '../../../_components/field.tsx';

const any = (label: string) => ({ value: '', label });
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];
const STATUS = [
  any('Any'),
  { value: '2xx', label: '2xx success' },
  { value: '3xx', label: '3xx redirect' },
  { value: '4xx', label: '4xx client error' },
  { value: '5xx', label: '5xx server error' },
  { value: 'refused', label: 'Refused by the gateway' },
  { value: 'failed', label: 'Broken off' },
];
const ENVIRONMENTS = [
  any('Any'),
  { value: 'development', label: 'Development' },
  { value: 'staging', label: 'Staging' },
  { value: 'production', label: 'Production' },
];

/** A form that only navigates: its state is the address, which can be shared. */
export function FilterBar({
  filter,
  path,
  apps,
  people,
  filtered,
}: {
  filter: LogFilter;
  path: string;
  apps: readonly { id: string; title: string }[] | undefined;
  people?: readonly { id: string; name: string }[] | undefined;
  filtered: boolean;
}) {
  return (
    <form
      action={path}
      aria-label="Filter requests"
      className={`mb-4 grid grid-cols-2 items-end gap-3 sm:grid-cols-4 ${people ? '' : 'lg:grid-cols-7'}`}
    >
      {apps && (
        <SelectField
          label="App"
          name="app"
          defaultValue={filter.app ?? ''}
          options={[any('All'), ...apps.map(({ id, title }) => ({ value: id, label: title }))]}
        />
      )}
      {people && (
        <SelectField
          label="Member"
          name="member"
          defaultValue={filter.member ?? ''}
          options={[any('All'), ...people.map(({ id, name }) => ({ value: id, label: name }))]}
        />
      )}
      <SelectField label="Status" name="status" defaultValue={filter.status ?? ''} options={STATUS} />
      <SelectField
        label="Method"
        name="method"
        defaultValue={filter.method ?? ''}
        options={[any('Any'), ...METHODS.map((value) => ({ value, label: value }))]}
      />
      <SelectField
        label="Environment"
        name="environment"
        defaultValue={filter.environment ?? ''}
        options={ENVIRONMENTS}
      />
      <TextField label="Path contains" name="path" defaultValue={filter.path ?? ''} maxLength={200} />
      <TextField label="From (UTC)" name="from" type="date" defaultValue={filter.from ?? ''} />
      <TextField label="To (UTC)" name="to" type="date" defaultValue={filter.to ?? ''} />
      {filter.member && !people && <input type="hidden" name="member" value={filter.member} />}
      {filter.key && <input type="hidden" name="key" value={filter.key} />}
      <div className="col-span-full flex flex-wrap items-center gap-2">
        <Button type="submit" size="sm">
          Apply filters
        </Button>
        {filtered && (
          <LinkButton href={path} size="sm" variant="ghost">
            Clear filters
          </LinkButton>
        )}
        {filter.key && (
          <span className="text-sm text-muted">
            Only key <code className="font-mono">{filter.key}</code>
          </span>
        )}
      </div>
    </form>
  );
}
