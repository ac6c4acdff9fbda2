import { formatCount } from '#lib/format.ts';
import type { Finding, Fix } from './finding.ts';
import type { KeyFacts } from './read-key-facts.ts';
import type { FindingKind, Severity } from './rules.ts';

const DAY_MS = 86_400_000;
const daysAfter = (date: Date, days: number) => new Date(date.getTime() + days * DAY_MS);

type KeyFinding = {
  kind: FindingKind;
  severity: Severity;
  since: Date;
  evidence: Finding['evidence'];
  fixes: Fix[];
};
type Check = (key: KeyFacts, rotate: Fix[]) => KeyFinding | null;

/** Checks one key. `mayRotate`: whether the reader can see the secret of a new key. */
export function checkKey(key: KeyFacts, mayRotate: boolean): Finding[] {
  const rotate: Fix[] = mayRotate ? ['rotate'] : [];
  return checksFor(key).flatMap((check) => {
    const found = check(key, rotate);
    return found ? [{ ...found, subjectId: key.id, subject: key.subject }] : [];
  });
}

/** Replaced and paused keys are already being handled, so fewer checks apply to them. */
function checksFor(key: KeyFacts): Check[] {
  if (key.ended) return [expiredInUse];
  if (key.replaced) return [exposed];
  if (!key.active) return [exposed, expiresSoon];
  const isProduction = key.subject.environment === 'production';
  return [
    exposed,
    expiresSoon,
    rotationOverdue,
    unused,
    ...(isProduction ? [onPage, anyAddress, noExpiration] : []),
  ];
}

const lastUse = ({ usedAt }: KeyFacts): Finding['evidence'] =>
  usedAt ? ['Last used ', usedAt, '.'] : ['Never used.'];

const expiredInUse: Check = (key) =>
  key.lateAt &&
  key.endsAt && {
    ...{ kind: 'expired_called', severity: 'high', since: key.endsAt },
    evidence: [
      ...[
        'Expired ',
        key.endsAt,
        `. ${formatCount(key.lateCalls, 'request')} rejected since then, most recently `,
      ],
      ...[key.lateAt, key.lateFrom.length > 0 ? `, from ${key.lateFrom.join(', ')}.` : '.'],
    ],
    fixes: ['see_callers', 'create_key', 'revoke'],
  };

const FOUND_BY = {
  secret_scanning: 'Found by secret scanning',
  found_key: 'Reported by someone who found it',
  portal_text: 'Entered in a form in the portal',
  gateway_query: 'Sent in a URL',
} as const;

const exposed: Check = (key, rotate) =>
  key.exposedAt && {
    ...{ kind: 'exposed_key', severity: 'critical', since: key.exposedAt },
    evidence: [
      `${key.exposedBy ? FOUND_BY[key.exposedBy] : 'Exposed'}${key.exposedIn ? ` (${key.exposedIn})` : ''}. First seen `,
      ...[key.exposedAt, '. ', ...lastUse(key)],
    ],
    fixes: ['revoke', ...rotate, 'compromised'],
  };

const expiresSoon: Check = (key, rotate) => {
  if (!key.endsAt || key.hoursLeft === null || key.hoursLeft > 14 * 24) return null;
  return {
    kind: 'expires_soon',
    severity: key.hoursLeft <= 24 ? 'high' : key.hoursLeft <= 7 * 24 ? 'medium' : 'low',
    since: daysAfter(key.endsAt, -14),
    evidence: ['Expires ', key.endsAt, '. ', ...lastUse(key)],
    fixes: [...rotate, 'set_expiry'],
  };
};

const rotationOverdue: Check = (key, rotate) => {
  if (key.rotationDays === null || key.ageDays < key.rotationDays) return null;
  return {
    kind: 'rotation_overdue',
    severity: key.ageDays >= 2 * key.rotationDays ? 'high' : 'medium',
    since: daysAfter(key.createdAt, key.rotationDays),
    evidence: [
      ...['Created ', key.createdAt, `, ${formatCount(key.ageDays, 'day')} ago. Your rotation period for `],
      `${key.subject.environment} is ${formatCount(key.rotationDays, 'day')}.`,
    ],
    fixes: [...rotate, 'revoke'],
  };
};

const unused: Check = (key) => {
  if (key.idleDays < 30) return null;
  return {
    kind: 'unused',
    severity: key.idleDays >= 90 ? 'medium' : 'low',
    since: daysAfter(key.usedAt ?? key.createdAt, 30),
    evidence: [
      ...(key.usedAt ? ['Last used ', key.usedAt] : ['Never used. Created ', key.createdAt]),
      `, ${formatCount(key.idleDays, 'day')} ago.`,
    ],
    fixes: ['pause', 'revoke'],
  };
};

const onPage: Check = (key, rotate) =>
  key.pageUsedAt && {
    ...{ kind: 'production_on_page', severity: 'high', since: key.pageUsedAt },
    evidence: [`Sent by a browser from ${key.pageOrigin}, most recently `, key.pageUsedAt, '.'],
    fixes: ['see_callers', ...rotate, 'revoke'],
  };

const anyAddress: Check = (key) =>
  key.limitedToIps
    ? null
    : {
        ...{ kind: 'production_without_ip', severity: 'medium', since: key.createdAt },
        evidence: ['No allowed IP addresses. ', ...lastUse(key)],
        fixes: ['restrict'],
      };

const noExpiration: Check = (key, rotate) =>
  key.expiresAt
    ? null
    : {
        ...{ kind: 'production_without_expiry', severity: 'low', since: key.createdAt },
        evidence: ['No expiration date. Created ', key.createdAt, '. ', ...lastUse(key)],
        fixes: ['set_expiry', ...rotate],
      };
