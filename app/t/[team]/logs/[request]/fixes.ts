import type { Member } from '#lib/access/member.ts';
import { can } from '#lib/access/permissions.ts';
import type { RequestDetail } from '#lib/request-log/read-request.ts';

export type Cure = { href: string; label: string };

/** Where the reader himself can put right what a call was refused for; null where it is not in his hands. */
export function cureOf(request: RequestDetail, member: Member): Cure | null {
  const team = `/t/${member.teamSlug}`;
  const key = `${team}/api-keys/${request.keyId}`;
  const connected = `${team}/apps/${request.appId}/connected`;
  switch (request.reason) {
    case 'ip_not_allowed':
    case 'ip_unknown':
    case 'domain_not_allowed':
      return { href: `${key}/restrictions`, label: 'Change the restrictions' };
    case 'key_limit_exceeded':
      return { href: `${key}/restrictions`, label: 'Change the key’s daily limit' };
    case 'credential_expired':
      return { href: `${key}/rotation`, label: 'Rotate the key' };
    case 'credential_paused':
      return { href: key, label: 'Activate the key' };
    case 'credential_revoked':
    case 'environment_not_allowed':
      return { href: `${team}/api-keys`, label: 'Create another key' };
    case 'member_suspended':
      return can(member, 'member.suspend') ? { href: `${team}/members`, label: 'Open My Team' } : null;
    case 'endpoint_not_connected':
      return can(member, 'application.connect')
        ? { href: connected, label: 'Connect the endpoint' }
        : { href: connected, label: 'See what is connected' };
    case 'unknown_endpoint':
    case 'method_not_allowed':
      return { href: '/docs', label: 'Look up the endpoint' };
    case 'rate_limited':
    case 'member_limit_exceeded':
    case 'application_limit_exceeded':
    case 'production_reserved':
    case 'quota_exceeded':
      return { href: `${team}/settings/limits`, label: 'Open the usage limits' };
    default:
      return null;
  }
}
