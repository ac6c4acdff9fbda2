import { ENVIRONMENTS } from '#app/_keys/environments.ts';
import { isReason, REASON_CODES, REASONS, reasonEntry } from '#lib/refusals/reasons.ts';
import type { LogChoices } from '#lib/request-log/list-filter-choices.ts';
import type { FilterName, LogFilter } from '#lib/request-log/log-filter.ts';

type Choice = { value: string; label: string };

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

export const TIMES: readonly Choice[] = [
  { value: '1h', label: 'Last hour' },
  { value: '24h', label: 'Last 24 hours' },
  { value: '7d', label: 'Last 7 days' },
  { value: '30d', label: 'Last 30 days' },
];

export const STATUSES: readonly Choice[] = [
  { value: '2xx', label: '2xx success' },
  { value: '3xx', label: '3xx redirect' },
  { value: '4xx', label: '4xx client error' },
  { value: '5xx', label: '5xx server error' },
  { value: 'refused', label: 'Rejected by the gateway' },
  { value: 'failed', label: 'Not completed' },
  ...[
    ...['200 OK', '201 Created', '204 No Content', '304 Not Modified', '400 Bad Request', '401 Unauthorized'],
    ...['403 Forbidden', '404 Not Found', '405 Method Not Allowed', '409 Conflict', '413 Content Too Large'],
    ...['422 Unprocessable Content', '429 Too Many Requests', '500 Internal Server Error', '502 Bad Gateway'],
    ...['503 Service Unavailable', '504 Gateway Timeout'],
  ].map((label) => ({ value: label.slice(0, 3), label })),
];

export const OUTCOMES: readonly (Choice & { value: NonNullable<LogFilter['outcome']> })[] = [
  { value: 'answered', label: 'Response from the API' },
  { value: 'refused', label: 'Rejected by the gateway' },
  { value: 'aborted', label: 'Client disconnected' },
  { value: 'unknown', label: 'Interrupted' },
  { value: 'open', label: 'In progress' },
];

export const VIAS: readonly Choice[] = [
  { value: 'api', label: 'API' },
  { value: 'tester', label: 'Tester' },
];

/** Reasons that can be in a team's log, by title: requests of unknown callers are in no log. */
export const REASON_CHOICES: readonly Choice[] = REASON_CODES.filter((code) => !reasonEntry(code).anonymous)
  .map((value): Choice => ({ value, label: REASONS[value].title }))
  .sort((a, b) => a.label.localeCompare(b.label));

export const titleOf = (reason: string): string => (isReason(reason) ? REASONS[reason].title : reason);

const LABELS: Record<FilterName, string> = {
  ...{
    from: 'From',
    to: 'To',
    key: 'Key',
    app: 'App',
    member: 'Member',
    endpoint: 'Endpoint',
    method: 'Method',
  },
  ...{ status: 'Status', reason: 'Reason', outcome: 'Outcome', ip: 'Client IP', environment: 'Environment' },
  ...{ via: 'Via', id: 'Request ID', path: 'Path contains' },
};
export const labelOf = (name: FilterName): string => LABELS[name];

export type Chip = { name: FilterName; label: string; value: string; isTimestamp: boolean };

/** The active filters as text. `fixed` filters are set by the URL path and left out. */
export function chipsOf(filter: LogFilter, choices: LogChoices, fixed: readonly FilterName[]): Chip[] {
  const names = Object.keys(LABELS) as FilterName[]; // The keys of a complete record.
  return names.flatMap((name) => {
    const value = filter[name];
    if (value === undefined || fixed.includes(name)) return [];
    const text = valueLabel(name, value, choices);
    const isTimestamp = (name === 'from' || name === 'to') && text === value && value.includes('T');
    const isRecent = name === 'from' && text !== value;
    return [{ name, value: text, isTimestamp, label: isRecent ? 'Time' : labelOf(name) }];
  });
}

function valueLabel(name: FilterName, value: string, choices: LogChoices): string {
  const among = (list: readonly Choice[]) => list.find((choice) => choice.value === value)?.label ?? value;
  switch (name) {
    case 'from':
      return among(TIMES);
    case 'status':
      return among(STATUSES);
    case 'outcome':
      return among(OUTCOMES);
    case 'environment':
      return among(ENVIRONMENTS);
    case 'via':
      return among(VIAS);
    case 'reason':
      return titleOf(value);
    case 'key':
      return choices.keys.find(({ keyId }) => keyId === value)?.name ?? value;
    case 'app':
      return choices.apps.find(({ appId }) => appId === value)?.title ?? value;
    case 'member':
      return choices.people?.find(({ id }) => id === value)?.name ?? value;
    case 'endpoint':
      return endpointName(choices.endpoints.find(({ id }) => id === value)) ?? value;
    default:
      return value;
  }
}

export const endpointName = (endpoint: LogChoices['endpoints'][number] | undefined): string | undefined =>
  endpoint && `${endpoint.method} /${endpoint.api}${endpoint.path}`;
