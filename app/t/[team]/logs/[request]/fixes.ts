import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

export type Fix = { href: string; label: string };

/** The page where the reader can fix the cause of a rejection; null if they can't. */
export function fixFor(request: RequestDetail, member: Member): Fix | null {
  const team = `/t/${member.teamSlug}`;
  const key = `${team}/api-keys/${request.keyId}`;
  const connected = `${team}/apps/${request.appId}/connected`;
  switch (request.reason) {
    case 'ip_not_allowed':
    case 'ip_unknown':
    case 'domain_not_allowed':
      return { href: `${key}/restrictions`, label: 'Edit restrictions' };
    case 'key_limit_exceeded':
      return { href: `${key}/restrictions`, label: 'Edit the key’s daily limit' };
    case 'credential_expired':
      return { href: `${key}/rotation`, label: 'Rotate key' };
    case 'credential_paused':
      return { href: key, label: 'Activate key' };
    case 'credential_revoked':
    case 'environment_not_allowed':
      return { href: `${team}/api-keys`, label: 'Create a new key' };
    case 'member_suspended':
      return can(member, 'member.suspend') ? { href: `${team}/members`, label: 'Open My Team' } : null;
    case 'endpoint_not_connected':
      return can(member, 'application.connect')
        ? { href: connected, label: 'Connect endpoint' }
        : { href: connected, label: 'View connected endpoints' };
    case 'unknown_endpoint':
    case 'method_not_allowed':
      return { href: '/docs', label: 'Find the endpoint in the docs' };
    case 'rate_limited':
    case 'member_limit_exceeded':
    case 'application_limit_exceeded':
    case 'production_reserved':
    case 'quota_exceeded':
      return { href: `${team}/settings/limits`, label: 'View usage limits' };
    default:
      return null;
  }
}
