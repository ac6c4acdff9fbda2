const KNOWN: Readonly<Record<string, string>> = {
  apps: 'Apps',
  new: 'New App',
  logs: 'Request Logs',
  account: 'Profile',
  operator: 'Operator',
  keys: 'Access Keys',
  usage: 'Usage',
  connected: 'Connected APIs',
  members: 'My Team',
  requests: 'Requests',
  review: 'Review',
  audit: 'Audit log',
  settings: 'Settings',
  security: 'Security',
  jobs: 'Jobs',
  limits: 'Usage limits',
  notifications: 'Notifications',
  plans: 'Plans',
  'my-key': 'My API key',
  docs: 'API Documentation',
  tester: 'API Tester',
  errors: 'Error codes',
  'api-keys': 'API Keys',
  incidents: 'Incidents',
};

/** A segment's label below a certain other segment. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'apps/logs': 'Logs',
  'incidents/new': 'Key compromised?',
};

/** IDs, which mean nothing to readers. Shown as dots until the page provides a name. */
const ID = /^(app|team|inc)_|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9A-Za-z]{16,}$/;

/** The breadcrumbs of a path. `names` has labels that only pages know, such as a team's name or an app's title. */
export function crumbsOf(pathname: string, names: Readonly<Record<string, string>>) {
  const segments = pathname.split('/').filter(Boolean).map(decode);
  const crumbs: { href: string; label: string }[] = [];
  segments.forEach((segment, index) => {
    // Neither has a page of its own.
    if (index === 0 && (segment === 't' || segment === 'suspended')) return;
    // The list of APIs is the start page of the operator area and of the docs.
    if (segment === 'apis' && (segments[0] === 'operator' || segments[0] === 'docs')) return;
    // Everything below an API's docs is one page, however many slashes its path has.
    if (
      segments[0] === 'docs' &&
      (index > 3 ? segments[3] !== 'schemas' || index > 4 : segment === 'schemas')
    )
      return;
    const href = `/${segments
      .slice(0, index + 1)
      .map(encodeURIComponent)
      .join('/')}`;
    const isTeam = index === 1 && segments[0] === 't';
    const known = OTHERWISE[`${segments[2]}/${segment}`] ?? KNOWN[segment];
    const label = isTeam ? names[segment] : (known ?? names[segment]);
    crumbs.push({ href, label: label ?? (ID.test(segment) ? '…' : humanize(segment)) });
  });
  return crumbs;
}

const humanize = (segment: string) => segment.charAt(0).toUpperCase() + segment.slice(1).replaceAll('-', ' ');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
