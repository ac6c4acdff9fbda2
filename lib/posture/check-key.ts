import { type Fix, count, type Finding } from './finding.ts';
import type { KeyFacts } from './read-key-facts.ts';
import type { FindingKind, Severity } from './rules.ts';

const DAY_MS = 86_400_000;
const daysAfter = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);

/** What a key's own facts give away. `mayRotate`: the secret of a successor would be the reader's to see. */
export function checkKey(key: KeyFacts, mayRotate: boolean): Finding[] {
  const found: Finding[] = [];
  const rotate: Fix[] = mayRotate ? ['rotate'] : [];
  const add = (
    kind: FindingKind,
    severity: Severity,
    since: Date,
    evidence: Finding['evidence'],
    fixes: Fix[],
  ) => found.push({ kind, severity, subjectId: key.id, subject: key.subject, evidence, since, fixes });

  const used: Finding['evidence'] = key.usedAt ? ['Last used ', key.usedAt, '.'] : ['Never used.'];

  if (key.ended) {
    if (key.lateAt && key.endsAt)
      add(
        'expired_called',
        'high',
        key.endsAt,
        [
          'Ended ',
          key.endsAt,
          `; ${count(key.lateCalls, 'call')} refused since then, the last `,
          key.lateAt,
          key.lateFrom.length > 0 ? `, from ${key.lateFrom.join(', ')}.` : '.',
        ],
        ['see_callers', 'create_key', 'revoke'],
      );
    return found;
  }

  if (key.exposedAt)
    add(
      'exposed_key',
      'critical',
      key.exposedAt,
      [...exposure(key, key.exposedAt), ...used],
      ['revoke', ...rotate, 'compromised'],
    );
  // A key that runs out after its rotation, or is paused, is looked after already.
  if (key.replaced) return found;

  if (key.endsAt && key.hoursLeft !== null && key.hoursLeft <= 14 * 24)
    add(
      'expires_soon',
      key.hoursLeft <= 24 ? 'high' : key.hoursLeft <= 7 * 24 ? 'medium' : 'low',
      daysAfter(key.endsAt, -14),
      ['Ends ', key.endsAt, '. ', ...used],
      [...rotate, 'set_expiry'],
    );
  if (!key.active) return found;

  if (key.rotationDays !== null && key.ageDays >= key.rotationDays)
    add(
      'rotation_overdue',
      key.ageDays >= 2 * key.rotationDays ? 'high' : 'medium',
      daysAfter(key.createdAt, key.rotationDays),
      [
        ...['Made ', key.createdAt, `, ${count(key.ageDays, 'day')} ago; your rotation age for `],
        `${key.subject.environment} is ${count(key.rotationDays, 'day')}.`,
      ],
      [...rotate, 'revoke'],
    );
  if (key.idleDays >= 30)
    add(
      'unused',
      key.idleDays >= 90 ? 'medium' : 'low',
      daysAfter(key.usedAt ?? key.createdAt, 30),
      key.usedAt
        ? ['Last used ', key.usedAt, `, ${count(key.idleDays, 'day')} ago.`]
        : ['Never used since it was made ', key.createdAt, `, ${count(key.idleDays, 'day')} ago.`],
      ['pause', 'revoke'],
    );
  if (key.subject.environment !== 'production') return found;

  if (!key.limitedToIps)
    add(
      'production_without_ip',
      'medium',
      key.createdAt,
      ['No allowed IP addresses. ', ...used],
      ['restrict'],
    );
  if (!key.expiresAt)
    add(
      'production_without_expiry',
      'low',
      key.createdAt,
      ['Made ', key.createdAt, ', without an expiration. ', ...used],
      ['set_expiry', ...rotate],
    );
  return found;
}

const FOUND_BY = {
  secret_scanning: 'A scanner of public code found it',
  found_key: 'Somebody who found it reported it',
  portal_text: 'Somebody typed it into this portal',
  gateway_query: 'It was sent in a URL',
} as const;

function exposure({ exposedBy, exposedIn }: KeyFacts, at: Date): Finding['evidence'] {
  const how = exposedBy ? FOUND_BY[exposedBy] : 'It was seen where it should not be';
  return [`${how}${exposedIn ? ` (${exposedIn})` : ''}; first seen `, at, '. '];
}
