import { FINDING_KINDS, type FindingKind } from '#db/schema/credentials.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low';
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const satisfies readonly Severity[];

type Rule = {
  /** The heading above the findings. */
  title: string;
  /** The text if there are no findings. */
  passedTitle: string;
  /** Why it matters, in a sentence. */
  why: string;
  /** Points out of 100. */
  weight: number;
  about: 'key' | 'member' | 'team';
  /** Findings that can't be dismissed. */
  mustFix?: boolean;
};

/** The rules behind a team's posture score, highest weight first. The weights add up to 100. */
const RULES: Readonly<Record<FindingKind, Rule>> = {
  exposed_key: {
    title: 'Exposed key is still active',
    passedTitle: 'No exposed key is active',
    why: 'Someone else has seen this secret key. Anyone with a copy can send requests as you.',
    weight: 17,
    about: 'key',
    mustFix: true,
  },
  rotation_overdue: {
    title: 'Key is due for rotation',
    passedTitle: 'No key is due for rotation',
    why: 'The older a key is, the more copies of it may exist.',
    weight: 9,
    about: 'key',
  },
  production_on_page: {
    title: 'Production key used on a web page',
    passedTitle: 'No Production key is used on a web page',
    why: 'Everyone who opens the page can copy the secret key and use it elsewhere.',
    weight: 8,
    about: 'key',
  },
  expires_soon: {
    title: 'Key expires soon',
    passedTitle: 'No key expires within 14 days',
    why: 'Requests with an expired key are rejected.',
    weight: 7,
    about: 'key',
  },
  expired_called: {
    title: 'Expired key still in use',
    passedTitle: 'No expired key is in use',
    why: 'An app keeps sending requests with an expired key. All of them are rejected.',
    weight: 7,
    about: 'key',
  },
  shared_client: {
    title: 'Same client on Development and Production',
    passedTitle: 'Development and Production keys are used by different clients',
    why: 'Keep keys for testing apart from the keys that your customers depend on.',
    weight: 7,
    about: 'key',
  },
  production_without_ip: {
    title: 'Production key works from any IP address',
    passedTitle: 'Production keys are restricted to allowed IP addresses',
    why: 'Anyone with a copy can use it from any IP address.',
    weight: 7,
    about: 'key',
  },
  production_without_expiry: {
    title: 'Production key never expires',
    passedTitle: 'Production keys have an expiration date',
    why: 'A forgotten copy keeps working until someone revokes the key.',
    weight: 6,
    about: 'key',
  },
  unused: {
    title: 'Unused key',
    passedTitle: 'Every key is in use',
    why: 'Revoke keys that nobody needs, so that they can’t be misused.',
    weight: 6,
    about: 'key',
  },
  production_from_private: {
    title: 'Production key used from a private network',
    passedTitle: 'Production keys are used from public IP addresses',
    why: 'It may be running on a developer’s machine, or your proxy isn’t listed in TRUSTED_PROXIES.',
    weight: 5,
    about: 'key',
  },
  new_network: {
    title: 'Key used from a new network',
    passedTitle: 'Keys are used from known networks',
    why: 'This may be a new server of yours, or someone else with a copy of the key.',
    weight: 5,
    about: 'key',
  },
  inactive_member: {
    title: 'Inactive member',
    passedTitle: 'Every member was active in the last 30 days',
    why: 'People who have left shouldn’t keep access.',
    weight: 5,
    about: 'member',
  },
  two_factor_not_required: {
    title: 'Two-factor authentication is not required',
    passedTitle: 'The team requires two-factor authentication',
    why: 'A stolen password is enough to access the team’s keys.',
    weight: 4,
    about: 'team',
  },
  owner_without_two_factor: {
    title: 'Owner without two-factor authentication',
    passedTitle: 'Every owner uses two-factor authentication',
    why: 'Owners have full access, including deleting the team.',
    weight: 3,
    about: 'member',
  },
  single_owner: {
    title: 'Only one owner',
    passedTitle: 'The team has more than one owner',
    why: 'If the only owner is unavailable, nobody can change roles or settings.',
    weight: 2,
    about: 'team',
  },
  review_overdue: {
    title: 'Membership review is overdue',
    passedTitle: 'The membership review is up to date',
    why: 'Regular reviews find members who should no longer have access.',
    weight: 2,
    about: 'team',
  },
};

export { FINDING_KINDS, type FindingKind };

export const ruleOf = (kind: FindingKind): Rule => RULES[kind];
