import type { Unusual } from './find-unusual.ts';
import type { IncidentEvent } from './read-incident.ts';

/** Steps of a case's history in words. */
export const STEP_WORDS: Readonly<Record<IncidentEvent['step'], string>> = {
  opened: 'Opened the incident',
  revoked: 'Revoked the key',
  replaced: 'Replaced the key',
  updated: 'Marked all applications as updated',
  note: 'Added a note',
  reported: 'Marked as reported',
  closed: 'Closed the incident',
  reopened: 'Reopened the incident',
};

const REFUSED: Readonly<Record<string, string>> = {
  ip_not_allowed: 'from an address that the key does not allow',
  domain_not_allowed: 'from a site that the key does not allow',
  endpoint_not_connected: 'to endpoints that the app is not connected to',
};

const calls = (count: number) => `${count.toLocaleString('en-GB')} ${count === 1 ? 'call' : 'calls'}`;

/** One unusual thing as a sentence without its moment. */
export function unusualWords(one: Unusual): string {
  if (one.kind === 'new_address') return `First used from ${one.clientIp}: ${calls(one.calls)}`;
  if (one.kind === 'new_endpoint') return `First used on ${one.endpoint}: ${calls(one.calls)}`;
  if (one.kind === 'refused') return `${calls(one.calls)} ${REFUSED[one.reason] ?? one.reason}, all refused`;
  return `${calls(one.calls)} on ${one.day}, against ${one.average.toLocaleString('en-GB')} a day before`;
}
