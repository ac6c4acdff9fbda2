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
  'my-key': 'My API key',
};

/** An id says nothing to a reader: until the page has named it, dots stand for it. */
const ID = /^(app|team)_|^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9A-Za-z]{16,}$/;

/** The way from the top to a page, by its path. `names` holds what only pages know: a team's name, an app's title. */
export function crumbsOf(pathname: string, names: Readonly<Record<string, string>>) {
  const segments = pathname.split('/').filter(Boolean).map(decode);
  const crumbs: { href: string; label: string }[] = [];
  segments.forEach((segment, index) => {
    if (index === 0 && segment === 't') return;
    if (segment === 'apis' && segments[0] === 'operator') return; // The list of APIs is the operator's first page.
    const href = `/${segments
      .slice(0, index + 1)
      .map(encodeURIComponent)
      .join('/')}`;
    const isTeam = index === 1 && segments[0] === 't';
    const known = segment === 'logs' && segments[2] === 'apps' ? 'Logs' : KNOWN[segment];
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
