import { formatCount, formatNumber } from '#lib/format.ts';
import type { Unusual } from './find-unusual.ts';
import type { IncidentEvent } from './read-incident.ts';

/** The steps in an incident's history. */
export const STEP_LABELS: Readonly<Record<IncidentEvent['step'], string>> = {
  opened: 'Opened the incident',
  revoked: 'Revoked the key',
  replaced: 'Replaced the key',
  updated: 'Marked all apps as updated',
  note: 'Added a note',
  reported: 'Marked as reported',
  closed: 'Closed the incident',
  reopened: 'Reopened the incident',
};

const REJECTED: Readonly<Record<string, string>> = {
  ip_not_allowed: 'from an IP address that isn’t allowed',
  domain_not_allowed: 'from a domain that isn’t allowed',
  endpoint_not_connected: 'to endpoints that the app isn’t connected to',
};

const requests = (count: number) => formatCount(count, 'request');

/** Unusual activity as a sentence, without its time. */
export function unusualText(one: Unusual): string {
  if (one.kind === 'new_address') return `First used from ${one.clientIp}: ${requests(one.calls)}`;
  if (one.kind === 'new_endpoint') return `First used on ${one.endpoint}: ${requests(one.calls)}`;
  if (one.kind === 'refused')
    return `${requests(one.calls)} ${REJECTED[one.reason] ?? one.reason}, all rejected`;
  return `${requests(one.calls)} on ${one.day}, up from ${formatNumber(one.average)} per day`;
}
