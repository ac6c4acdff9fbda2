import type { IncidentReport } from './export-incident.ts';
import { STEP_WORDS, unusualWords } from './incident-labels.ts';

/** A report as Markdown (CommonMark with tables), times in UTC; it reads well as plain text, too. */
export function reportMarkdown({ incident, watched, unusual, callers, generatedAt }: IncidentReport): string {
  const owner = incident.keyOwner ? `, own key of ${text(incident.keyOwner)}` : '';
  const lines = [
    `# Security incident ${incident.incidentId}`,
    '',
    `Generated ${utc(generatedAt)}. No secrets are in this report.`,
    '',
    `- Key: ${text(incident.keyName)}${owner}`,
    `- Shared key: \`${incident.sharedKey}\``,
    `- Environment: ${incident.environment}`,
    `- Application: ${text(incident.appTitle)} (\`${incident.appId}\`)`,
    `- Opened: ${utc(incident.openedAt)} by ${text(incident.openedBy ?? 'somebody')}`,
    `- Revoked: ${incident.revokedAt ? utc(incident.revokedAt) : 'not yet'}`,
    `- Last accepted call as recorded so far: ${watched?.lastAcceptedAt ? utc(watched.lastAcceptedAt) : 'none'}`,
    `- Refused since: ${watched ? refusedWords(watched) : 'nothing'}`,
    `- Replaced by: ${incident.successor ? `${text(incident.successor.name)} (${incident.successor.keyId})` : 'nothing yet'}`,
    `- Closed: ${incident.closedAt ? utc(incident.closedAt) : 'no'}`,
    ...section('What is known', incident.reason ? [quoted(incident.reason)] : []),
    ...section(
      'Before the revocation: callers of the key',
      table(
        ['Address', 'User agent', 'Calls', 'Last call', 'Seen with the new key'],
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
      unusual.map((one) => `- ${text(unusualWords(one))}${'at' in one ? ` (${utc(one.at)})` : ''}`),
    ),
    ...section(
      'After the revocation: refused calls by address',
      table(
        ['Address', 'User agents', 'Calls', 'First', 'Last', 'Seen before'],
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
          `- ${utc(event.at)}, ${text(event.by ?? 'Latchkey')}: ${STEP_WORDS[event.step]}${event.text ? `. ${text(event.text)}` : ''}`,
      ),
    ),
    '',
  ];
  return lines.join('\n');
}

const utc = (moment: Date) => `${moment.toISOString().replace('T', ' ').slice(0, 19)} UTC`;

const refusedWords = ({ refused, addresses }: NonNullable<IncidentReport['watched']>) =>
  `${refused} ${refused === 1 ? 'call' : 'calls'} from ${addresses.length} ${addresses.length === 1 ? 'address' : 'addresses'}`;

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

/** Other people's text on one line, as nothing but text: Markdown's and HTML's signs lose their meaning. */
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
