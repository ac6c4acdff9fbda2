import type { Environment } from '#lib/credentials/format.ts';
import type { FindingKind, Severity } from './rules.ts';

export type FindingKey = {
  type: 'key';
  keyId: string;
  name: string;
  sharedKey: string;
  environment: Environment;
  application: string;
};
export type SubjectOfFinding = FindingKey | { type: 'member'; memberId: string; name: string } | { type: 'team' };

/** What mends a finding with one click; the page knows which of them are links. */
export type Fix =
  | 'rotate'
  | 'revoke'
  | 'pause'
  | 'restrict'
  | 'set_expiry'
  | 'see_callers'
  | 'create_key'
  | 'compromised'
  | 'see_member'
  | 'two_factor_settings'
  | 'own_two_factor'
  | 'see_team'
  | 'review';

export type Finding = {
  kind: FindingKind;
  severity: Severity;
  /** The row it is about; with the kind it names the finding. */
  subjectId: string;
  subject: SubjectOfFinding;
  /** A text in pieces, with the moments in it as dates: they are shown in the reader's zone. */
  evidence: (string | Date)[];
  since: Date;
  fixes: Fix[];
};

export const count = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
