import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import { isReason, reasonEntry } from '#lib/refusals/reasons.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

export type Fix = { href: string; label: string };

/** The page where the reader can fix the cause of a rejection; null if they can't. */
export function fixFor(request: RequestDetail, member: Member): Fix | null {
  const team = `/t/${member.teamSlug}`;
  const key = `${team}/api-keys/${request.keyId}`;
  const connected = `${team}/apps/${request.appId}/connected`;
  const { reason } = request;
  switch (reason !== null && isReason(reason) ? reasonEntry(reason).fix : undefined) {
    case 'restrictions':
      return { href: `${key}/restrictions`, label: 'Edit restrictions' };
    case 'key_limit':
      return { href: `${key}/restrictions`, label: 'Edit the key’s daily limit' };
    case 'rotation':
      return { href: `${key}/rotation`, label: 'Rotate key' };
    case 'activation':
      return { href: key, label: 'Activate key' };
    case 'new_key':
      return { href: `${team}/api-keys`, label: 'Create a new key' };
    case 'members':
      return can(member, 'member.suspend') ? { href: `${team}/members`, label: 'Open My Team' } : null;
    case 'connected_apis':
      return can(member, 'application.connect')
        ? { href: connected, label: 'Connect endpoint' }
        : { href: connected, label: 'View connected endpoints' };
    case 'api_docs':
      return { href: '/docs', label: 'Find the endpoint in the docs' };
    case 'team_limits':
      return { href: `${team}/settings/limits`, label: 'View usage limits' };
    default:
      return null;
  }
}
