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
export type SubjectOfFinding =
  | FindingKey
  | { type: 'member'; memberId: string; name: string }
  | { type: 'team' };

/** Actions that fix a finding. The page decides which of them are links. */
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
  /** The row that the finding is about. Kind and subject identify the finding. */
  subjectId: string;
  subject: SubjectOfFinding;
  /** Text fragments, with times as dates so that they're shown in the reader's time zone. */
  evidence: (string | Date)[];
  since: Date;
  fixes: Fix[];
};
