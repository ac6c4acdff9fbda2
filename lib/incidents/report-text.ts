import { formatCount } from '#lib/format.ts';
import type { IncidentReport } from './export-incident.ts';
import { STEP_LABELS, unusualText } from './incident-labels.ts';

/** A report as Markdown (CommonMark with tables) with times in UTC, also readable as plain text. */
export function reportMarkdown({ incident, watched, unusual, callers, generatedAt }: IncidentReport): string {
  const owner = incident.keyOwner ? `, own key of ${text(incident.keyOwner)}` : '';
  const lines = [
    `# Security incident ${incident.incidentId}`,
    '',
    `Generated ${utc(generatedAt)}. This report contains no secrets.`,
    '',
    `- Key: ${text(incident.keyName)}${owner}`,
    `- Shared key: \`${incident.sharedKey}\``,
    `- Environment: ${incident.environment}`,
    `- App: ${text(incident.appTitle)} (\`${incident.appId}\`)`,
    `- Opened: ${utc(incident.openedAt)} by ${text(incident.openedBy ?? 'someone')}`,
    `- Revoked: ${incident.revokedAt ? utc(incident.revokedAt) : 'not yet'}`,
    `- Last accepted request, as recorded so far: ${watched?.lastAcceptedAt ? utc(watched.lastAcceptedAt) : 'none'}`,
    `- Rejected since: ${watched ? rejectedText(watched) : 'none'}`,
    `- Replaced by: ${incident.successor ? `${text(incident.successor.name)} (${incident.successor.keyId})` : 'not yet'}`,
    `- Closed: ${incident.closedAt ? utc(incident.closedAt) : 'no'}`,
    ...section('Description', incident.reason ? [quoted(incident.reason)] : []),
    ...section(
      'Before the revocation: callers',
      table(
        ['IP address', 'User agent', 'Requests', 'Last request', 'New key first used'],
        callers.map((caller) => [
          caller.clientIp,
          caller.userAgent || '(none)',
          String(caller.calls),
          utc(caller.lastAt),
          caller.movedAt ? utc(caller.movedAt) : 'not yet',
        ]),
      ),
    ),
    ...section(
      'Before the revocation: unusual activity',
      unusual.map((one) => `- ${text(unusualText(one))}${'at' in one ? ` (${utc(one.at)})` : ''}`),
    ),
    ...section(
      'After the revocation: rejected requests by IP address',
      table(
        ['IP address', 'User agents', 'Requests', 'First', 'Last', 'Seen before'],
        (watched?.addresses ?? []).map((one) => [
          one.clientIp,
          one.userAgents.filter(Boolean).join(', ') || '(none)',
          String(one.calls),
          utc(one.firstAt),
          utc(one.lastAt),
          one.isNew ? 'never' : 'yes',
        ]),
      ),
    ),
    ...section(
      'History',
      incident.events.map(
        (event) =>
          `- ${utc(event.at)}, ${text(event.by ?? 'Latchkey')}: ${STEP_LABELS[event.step]}${event.text ? `. ${text(event.text)}` : ''}`,
      ),
    ),
    '',
  ];
  return lines.join('\n');
}

const utc = (moment: Date) => `${moment.toISOString().replace('T', ' ').slice(0, 19)} UTC`;

const rejectedText = ({ refused, addresses }: NonNullable<IncidentReport['watched']>) =>
  `${formatCount(refused, 'request')} from ${formatCount(addresses.length, 'IP address', 'IP addresses')}`;

const section = (title: string, body: string[]) => [
  '',
  `## ${title}`,
  '',
  ...(body.length > 0 ? body : ['None.']),
];

const table = (head: string[], rows: string[][]): string[] =>
  rows.length === 0
    ? []
    : [head, head.map(() => '---'), ...rows.map((row) => row.map(text))].map(
        (row) => `| ${row.join(' | ')} |`,
      );

/** User text on one line, with all Markdown and HTML syntax escaped. */
const text = (value: string) =>
  value
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#~&!]/g, '\\$&');

const quoted = (value: string) =>
  value
    .split('\n')
    .map((line) => `> ${text(line)}`)
    .join('\n');
