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

/** What a segment is called below another one. */
const OTHERWISE: Readonly<Record<string, string>> = {
  'apps/logs': 'Logs',
  'incidents/new': 'Key compromised?',
};

/** An id says nothing to a reader: until the page has named it, dots stand for it. */
const ID = /^(app|team|inc)_|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9A-Za-z]{16,}$/;

/** The way from the top to a page, by its path. `names` holds what only pages know: a team's name, an app's title. */
export function crumbsOf(pathname: string, names: Readonly<Record<string, string>>) {
  const segments = pathname.split('/').filter(Boolean).map(decode);
  const crumbs: { href: string; label: string }[] = [];
  segments.forEach((segment, index) => {
    if (index === 0 && segment === 't') return;
    // The list of APIs is the first page of the operator and of the docs.
    if (segment === 'apis' && (segments[0] === 'operator' || segments[0] === 'docs')) return;
    // What an API's docs have below it is one page, whatever slashes its address has.
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
    crumbs.push({ href, label: label ?? (ID.test(segment) ? '…' : inWords(segment)) });
  });
  return crumbs;
}

const inWords = (segment: string) => segment.charAt(0).toUpperCase() + segment.slice(1).replaceAll('-', ' ');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
