/** What somebody did, in the past tense; the subject follows. Actions without a line are taken apart by their name. */
const WORDING: Readonly<Record<string, string>> = {
  'team.create': 'created the team',
  'team.edit': 'changed the team',
  'team.delete': 'deleted the team',
  'team.restore': 'restored the team',
  'team.set_quota': 'changed the daily quota',
  'team.set_limits': 'changed the limits',
  'team.assign_plan': 'changed the plan',
  'team.set_reserve': 'changed the reserve for Production',
  'team.transfer': 'made owner',
  'team.require_two_factor': 'changed the two-factor rule',
  'team.set_key_policy': 'changed the key policy',
  'guidelines.set': 'changed the guidelines',
  'guidelines.confirm': 'confirmed the guidelines',
  'member.invite': 'invited',
  'member.change_role': 'changed the role of',
  'member.suspend': 'suspended',
  'member.activate': 'activated',
  'member.remove': 'removed from the team',
  'member.leave': 'left the team',
  'member.set_cap': 'changed the daily cap of',
  'invitation.send': 'invited',
  'invitation.resend': 'resent the invitation',
  'invitation.copy_link': 'copied the link of the invitation',
  'invitation.cancel': 'cancelled the invitation',
  'invitation.accept': 'accepted the invitation',
  'invitation.ask_again': 'asked for a new invitation',
  'review.start': 'started a membership review',
  'review.decide': 'decided in the review',
  'review.finish': 'finished the membership review',
  'application.create': 'created the app',
  'application.edit': 'changed the app',
  'application.connect': 'changed the endpoints of',
  'application.set_cap': 'changed the daily cap of the app',
  'application.archive': 'archived the app',
  'application.restore': 'restored the app',
  'credential.issue': 'issued the key',
  'credential.edit': 'changed the key',
  'credential.pause': 'paused the key',
  'credential.resume': 'activated the key',
  'credential.revoke': 'revoked the key',
  'credential.rotate': 'rotated the key',
  'credential.extend_retirement': 'extended the rotated key',
  'credential.start_retirement': 'set the end of the rotated key',
  'credential.restrict': 'restricted the key',
  'credential.regenerate': 'regenerated the key',
  'access.deny': 'was refused',
  'notification.set': 'changed what is told to',
  'credential.test': 'sent a test request with the key',
  'credential.expose': 'marked as exposed the key',
  'credential.compromised': 'reported the key as compromised',
  'finding.dismiss': 'dismissed the finding about',
  'finding.restore': 'took back the finding about',
  'job.run': 'ran the job',
  'usage.export': 'exported',
  'incident.open': 'opened the incident',
  'incident.replace': 'replaced the key of the incident',
  'incident.update': 'marked the applications as updated in',
  'incident.note': 'added a note to the incident',
  'incident.report': 'reported the incident',
  'incident.close': 'closed the incident',
  'incident.reopen': 'reopened the incident',
};

/** `revoked the key`; `key.set_colour`, which has no line, reads as `key: set colour`. */
export function wordingOf(action: string): string {
  return WORDING[action] ?? action.replace('.', ': ').replaceAll('_', ' ');
}

/** The actions whose wording contains a text: what a search for "revoked" means. */
export function actionsWorded(text: string): string[] {
  const sought = text.toLowerCase();
  return Object.keys(WORDING).filter((action) => WORDING[action]?.includes(sought));
}

/** Actions by what they are about, for filters: the parts before the dot. */
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

/** What differs between two states, field by field, in words; null where a state says nothing of a field. */
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
