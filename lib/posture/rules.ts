export type Severity = 'critical' | 'high' | 'medium' | 'low';
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const satisfies readonly Severity[];

type Rule = {
  /** What is found, as a heading over the findings. */
  title: string;
  /** What holds when nothing is found. */
  holds: string;
  /** Why it matters, in a sentence. */
  why: string;
  /** Points of the hundred that it is worth. */
  weight: number;
  about: 'key' | 'member' | 'team';
  /** A finding that nobody may put aside. */
  mustFix?: boolean;
};

/** What the posture of a team is judged by, the weightiest first. The weights sum up to a hundred. */
const RULES = {
  exposed_key: {
    title: 'Exposed key still works',
    holds: 'No exposed key works',
    why: 'Somebody else has seen this secret. Everybody who has it can call as you.',
    weight: 20,
    about: 'key',
    mustFix: true,
  },
  rotation_overdue: {
    title: 'Key is due for rotation',
    holds: 'Keys are younger than your rotation age',
    why: 'The older a key, the more places have held a copy of it.',
    weight: 10,
    about: 'key',
  },
  expires_soon: {
    title: 'Key ends soon',
    holds: 'No key ends within 14 days',
    why: 'Calls with it are refused from its end on.',
    weight: 8,
    about: 'key',
  },
  expired_called: {
    title: 'Ended key is still called',
    holds: 'Nobody calls with an ended key',
    why: 'An application goes on with a key that no longer works, and all of its calls are refused.',
    weight: 8,
    about: 'key',
  },
  shared_client: {
    title: 'Same client on Development and Production',
    holds: 'Development and Production are called by different clients',
    why: 'A key for trying things out should not sit beside the one that customers depend on.',
    weight: 8,
    about: 'key',
  },
  production_without_ip: {
    title: 'Production key works from anywhere',
    holds: 'Production keys are limited to known addresses',
    why: 'A copy of it works from any address in the world.',
    weight: 8,
    about: 'key',
  },
  production_without_expiry: {
    title: 'Production key never expires',
    holds: 'Production keys have an end',
    why: 'A forgotten copy of it works for ever.',
    weight: 6,
    about: 'key',
  },
  unused: {
    title: 'Key is not used',
    holds: 'Every key is in use',
    why: 'A key that nobody uses can only be misused.',
    weight: 6,
    about: 'key',
  },
  production_from_private: {
    title: 'Production key called from a private network',
    holds: 'Production keys are called from public addresses',
    why: 'It may sit on somebody’s own machine; or the gateway does not know the proxy before it.',
    weight: 5,
    about: 'key',
  },
  new_network: {
    title: 'Key used from a new network',
    holds: 'Keys are used from the networks they are known from',
    why: 'It may be a new server of yours, or somebody else with a copy.',
    weight: 5,
    about: 'key',
  },
  inactive_member: {
    title: 'Member is inactive',
    holds: 'Every member was active within 30 days',
    why: 'Whoever has left should not keep access.',
    weight: 5,
    about: 'member',
  },
  two_factor_not_required: {
    title: 'Two-factor authentication is not required',
    holds: 'The team requires two-factor authentication',
    why: 'A stolen password is enough to get at every key of the team.',
    weight: 4,
    about: 'team',
  },
  owner_without_two_factor: {
    title: 'Owner without two-factor authentication',
    holds: 'Every owner uses two-factor authentication',
    why: 'An owner can do everything, the deletion of the team included.',
    weight: 3,
    about: 'member',
  },
  single_owner: {
    title: 'Only one owner',
    holds: 'The team has more than one owner',
    why: 'When the one owner is away, nobody can change roles or settings.',
    weight: 2,
    about: 'team',
  },
  review_overdue: {
    title: 'Membership review is overdue',
    holds: 'Members were reviewed in time',
    why: 'Regular reviews find those who should no longer have access.',
    weight: 2,
    about: 'team',
  },
} as const satisfies Record<string, Rule>;

export type FindingKind = keyof typeof RULES;
export const FINDING_KINDS = Object.keys(RULES) as [FindingKind, ...FindingKind[]]; // Its keys are the kinds.

/** The rule, its optional parts included. */
export const ruleOf = (kind: FindingKind): Rule => RULES[kind];
