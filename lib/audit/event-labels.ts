import type { AuditAction } from '#db/schema/audit.ts';

/** Each action in words, in the past tense. The subject follows. */
const LABELS = {
  'account.create': 'created the account',
  'account.change_name': 'changed their name',
  'account.change_password': 'changed their password',
  'account.reset_password': 'reset the password of',
  'account.verify_email': 'verified the email address of',
  'account.two_factor_on': 'set up two-factor authentication',
  'account.two_factor_off': 'turned off two-factor authentication',
  'account.new_recovery_codes': 'created new recovery codes',
  'account.use_recovery_code': 'used a recovery code',
  'account.make_operator': 'made an operator',
  'account.fail_sign_in': 'failed to sign in as',
  'account.claim': 'took over the unverified account',
  'session.end': 'signed out a session',
  'session.end_others': 'signed out all other sessions',
  'operator.add': 'added the operator',
  'operator.remove': 'removed the operator',
  'access.deny': 'was denied',
  'team.create': 'created the team',
  'team.edit': 'changed the team',
  'team.delete': 'deleted the team',
  'team.restore': 'restored the team',
  'team.set_quota': 'changed the daily quota',
  'team.set_limits': 'changed the limits',
  'team.assign_plan': 'changed the plan',
  'team.lower_retention': 'lowered the log retention',
  'team.undo_retention': 'undid the lower log retention',
  'team.set_reserve': 'changed the Production reserve',
  'team.transfer': 'made an owner of',
  'team.require_two_factor': 'changed the two-factor requirement',
  'team.set_key_policy': 'changed the key policy',
  'guidelines.set': 'changed the guidelines',
  'guidelines.confirm': 'confirmed the guidelines',
  'member.invite': 'invited',
  'member.change_role': 'changed the role of',
  'member.suspend': 'suspended',
  'member.activate': 'activated',
  'member.remove': 'removed from the team',
  'member.leave': 'left the team',
  'member.set_cap': 'changed the daily limit of',
  'invitation.send': 'invited',
  'invitation.resend': 'resent the invitation',
  'invitation.copy_link': 'copied the link of the invitation',
  'invitation.cancel': 'canceled the invitation',
  'invitation.accept': 'accepted the invitation',
  'invitation.ask_again': 'asked for a new invitation',
  'review.start': 'started a membership review',
  'review.decide': 'reviewed',
  'review.finish': 'finished the membership review',
  'application.create': 'created the app',
  'application.edit': 'changed the app',
  'application.connect': 'changed the endpoints of',
  'application.set_cap': 'changed the daily limit of the app',
  'application.archive': 'archived the app',
  'application.restore': 'restored the app',
  'credential.issue': 'issued the key',
  'credential.edit': 'changed the key',
  'credential.pause': 'paused the key',
  'credential.resume': 'activated the key',
  'credential.revoke': 'revoked the key',
  'credential.rotate': 'rotated the key',
  'credential.extend_retirement': 'extended the rotated key',
  'credential.start_retirement': 'set the expiration of the rotated key',
  'credential.restrict': 'restricted the key',
  'credential.regenerate': 'regenerated the key',
  'credential.test': 'sent a test request with the key',
  'credential.expose': 'recorded an exposure of the key',
  'credential.compromised': 'reported the key as compromised',
  'finding.dismiss': 'dismissed the finding about',
  'finding.restore': 'restored the finding about',
  'incident.open': 'opened the incident',
  'incident.replace': 'replaced the key of the incident',
  'incident.update': 'marked the apps as updated in',
  'incident.note': 'added a note to the incident',
  'incident.report': 'reported the incident',
  'incident.close': 'closed the incident',
  'incident.reopen': 'reopened the incident',
  'notification.set': 'changed the notifications of',
  'usage.export': 'exported',
  'plan.create': 'created the plan',
  'plan.edit': 'changed the plan',
  'plan.remove': 'removed the plan',
  'plan.make_default': 'set the default plan',
  'api.import': 'imported the API',
  'api.remove': 'removed the API',
  'api.set_production_only': 'changed the environments of the API',
  'api.set_clients': 'changed the client settings of the API',
  'job.run': 'started the job',
} as const satisfies Record<AuditAction, string>;

/** `revoked the key` for `credential.revoke`. */
export const actionLabel = (action: AuditAction): string => LABELS[action];

/** The actions whose label contains a text, for searches such as "revoked". */
export function actionsLabeled(text: string): AuditAction[] {
  const sought = text.toLowerCase();
  const actions = Object.keys(LABELS) as AuditAction[]; // The keys of a literal.
  return actions.filter((action) => LABELS[action].includes(sought));
}

/** Groups of actions for filters, by the part before the dot. */
export const ACTION_GROUPS = {
  team: { label: 'Team and guidelines', prefixes: ['team', 'guidelines', 'usage'] },
  people: { label: 'Members and invitations', prefixes: ['member', 'invitation', 'notification'] },
  reviews: { label: 'Membership reviews', prefixes: ['review'] },
  apps: { label: 'Apps', prefixes: ['application'] },
  keys: { label: 'API keys', prefixes: ['credential', 'incident', 'finding'] },
} as const;

export type ActionGroup = keyof typeof ACTION_GROUPS;

type Values = Readonly<Record<string, unknown>>;
export type Change = { field: string; before: string | null; after: string | null };

/** The differences between two states, field by field, as text. Null if a state doesn't have the field. */
export function changesOf(before: Values | null, after: Values | null): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  return fields
    .map((field) => ({
      field: fieldName(field),
      before: before && field in before ? inWords(before[field]) : null,
      after: after && field in after ? inWords(after[field]) : null,
    }))
    .filter((change) => change.before !== change.after);
}

/** `daily quota: 10000 → 500`, `name: storefront`. */
export const changeText = ({ field, before, after }: Change): string =>
  `${field}: ${before === null ? after : `${before} → ${after ?? '—'}`}`;

/** `dailyQuota` as `Daily quota`. */
function fieldName(field: string): string {
  const words = field
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/\bips\b/, 'IPs');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(inWords).join(', ') || '—';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
