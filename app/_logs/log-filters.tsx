'use client';

import { SlidersHorizontal } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type SubmitEvent, useState, useTransition } from 'react';
import { Button } from '#app/_components/button.tsx';
import { CheckedField } from '#app/_components/checked-field.tsx';
import { SelectField, TextField } from '#app/_components/field.tsx';
import { isValid } from '#app/_components/filter-form.tsx';
import { ENVIRONMENTS } from '#app/_keys/environments.ts';
import type { LogChoices } from '#lib/request-log/list-filter-choices.ts';
import type { FilterName, LogFilter } from '#lib/request-log/log-filter.ts';
import { parseAddress } from '#lib/request-log/parse-address.ts';
import { endpointName, METHODS, OUTCOMES, REASON_CHOICES, STATUSES, VIAS } from './filter-labels.ts';
import { hrefWith } from './href-with.ts';
import { TimeFields } from './time-fields.tsx';

const any = (label = 'Any') => ({ value: '', label });
const MORE: readonly FilterName[] = [
  ...(['app', 'key', 'member', 'endpoint', 'reason', 'outcome', 'ip', 'environment', 'via', 'id'] as const),
];

type Props = {
  filter: LogFilter;
  /** Filters in the URL with invalid values. */
  invalid: readonly FilterName[];
  path: string;
  choices: LogChoices;
  /** Filters that the URL path sets. */
  fixed: readonly FilterName[];
};

/** The filter form. It only navigates, so the URL holds the filters and can be shared. */
export function LogFilters({ filter, invalid, path, choices, fixed }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const isGiven = (name: FilterName) => filter[name] !== undefined || invalid.includes(name);
  const [more, setMore] = useState(MORE.some((name) => isGiven(name) && !fixed.includes(name)));

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (event.currentTarget.querySelector('#more-filters :invalid')) setMore(true);
    if (!isValid(event.currentTarget)) return;
    const given = [...new FormData(event.currentTarget)].filter(([name]) => name !== '');
    // All fields are text, so no value is a file.
    start(() => router.push(hrefWith(path, Object.fromEntries(given) as Record<string, string>)));
  }

  return (
    <form action={path} onSubmit={submit} noValidate aria-label="Filter requests" className="mb-4">
      <div className="grid grid-cols-2 items-end gap-3 md:grid-cols-4">
        <TimeFields from={filter.from} to={filter.to} />
        <SelectField
          label="Status"
          name="status"
          defaultValue={filter.status ?? ''}
          options={[any(), ...withGiven(STATUSES, filter.status)]}
        />
        <SelectField
          label="Method"
          name="method"
          defaultValue={filter.method ?? ''}
          options={[any(), ...METHODS.map((value) => ({ value, label: value }))]}
        />
        <TextField label="Path contains" name="path" defaultValue={filter.path ?? ''} maxLength={200} />
      </div>
      <div id="more-filters" hidden={!more} className="mt-3">
        <MoreFilters {...{ filter, invalid, choices, fixed }} />
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button type="submit" size="sm" variant="primary" pending={pending}>
          Apply filters
        </Button>
        <Button
          size="sm"
          variant="ghost"
          aria-expanded={more}
          aria-controls="more-filters"
          onClick={() => setMore(!more)}
        >
          <SlidersHorizontal aria-hidden="true" />
          {more ? 'Fewer filters' : 'More filters'}
        </Button>
      </div>
    </form>
  );
}

function MoreFilters({ filter, invalid, choices, fixed }: Omit<Props, 'path'>) {
  const { keys, apps, people, endpoints } = choices;
  const select = (
    name: FilterName,
    label: string,
    options: readonly { value: string; label: string }[],
    all = any(),
  ) =>
    !fixed.includes(name) && (
      <SelectField
        label={label}
        name={name}
        defaultValue={filter[name] ?? ''}
        options={[all, ...withGiven(options, filter[name])]}
      />
    );
  return (
    <div className="grid grid-cols-2 items-start gap-3 md:grid-cols-4">
      {!fixed.includes('key') &&
        select(
          'app',
          'App',
          apps.map(({ appId, title }) => ({ value: appId, label: title })),
          any('All'),
        )}
      {select(
        'key',
        'Key',
        keys.map(({ keyId, name }) => ({ value: keyId, label: `${name} (${keyId.slice(0, 6)}…)` })),
        any('All'),
      )}
      {people &&
        !fixed.includes('key') &&
        select(
          'member',
          'Member',
          people.map(({ id, name }) => ({ value: id, label: name })),
          any('All'),
        )}
      {select(
        'endpoint',
        'Endpoint',
        endpoints.map((endpoint) => ({ value: endpoint.id, label: endpointName(endpoint) ?? '' })),
        any('All'),
      )}
      {select('reason', 'Reason', REASON_CHOICES)}
      {select('outcome', 'Outcome', OUTCOMES)}
      {!fixed.includes('key') && select('environment', 'Environment', ENVIRONMENTS)}
      {select('via', 'Via', VIAS)}
      <CheckedField
        label="Client IP"
        name="ip"
        defaultValue={filter.ip ?? ''}
        maxLength={64}
        placeholder="192.0.2.7 or 192.0.2.0/24"
        reads={(text) => parseAddress(text.trim()) !== null}
        unread={invalid.includes('ip')}
        wrong="Enter an IP address or a CIDR range, such as 192.0.2.0/24."
      />
      <CheckedField
        label="Request ID"
        name="id"
        defaultValue={filter.id ?? ''}
        maxLength={40}
        placeholder="From X-Request-Id"
        pattern="\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\s*"
        unread={invalid.includes('id')}
        wrong="Enter a full request ID, as in the X-Request-Id header."
      />
    </div>
  );
}

/** Adds the value from the URL to the options if it isn't listed. */
const withGiven = (options: readonly { value: string; label: string }[], given: string | undefined) =>
  given === undefined || options.some(({ value }) => value === given)
    ? options
    : [...options, { value: given, label: given }];
