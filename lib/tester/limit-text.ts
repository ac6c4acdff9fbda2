type Header = readonly [name: string, value: string];

/** `daily` is the limit of the day that has least left for the key: its own, its app's, or the team's. */
const LIMITS: Readonly<Record<string, string>> = {
  daily: "today's calls with this key",
  burst: "the team's burst limit",
};

/** What RateLimit, RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) and Retry-After say, as sentences. */
export function limitWords(headers: readonly Header[]): string[] {
  const policies = new Map(listOf(headers, 'ratelimit-policy').map((item) => [item.name, item.values]));
  const words = listOf(headers, 'ratelimit').map(({ name, values }) => {
    const quota = policies.get(name)?.q;
    const left = `${number(values.r ?? 0)}${quota === undefined ? '' : ` of ${number(quota)}`} left`;
    const starts = values.t === undefined ? '' : `, starts anew in ${duration(values.t)}`;
    return `${capital(LIMITS[name] ?? `the limit “${name}”`)}: ${left}${starts}.`;
  });
  const after = Number(fieldValue(headers, 'retry-after'));
  return Number.isFinite(after) && after > 0 ? [...words, `Try again in ${duration(after)}.`] : words;
}

const fieldValue = (headers: readonly Header[], name: string) =>
  headers
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value)
    .join(', ') || undefined;

/** A list of quoted names with numbers: `"daily";q=1000;w=86400, "burst";q=20;w=1`. What is not, is left out. */
function listOf(headers: readonly Header[], name: string) {
  return (fieldValue(headers, name) ?? '').split(/,\s*(?=")/).flatMap((item) => {
    const match = /^\s*"([^"]{1,50})"((?:;\w+=-?\d+)*)\s*$/.exec(item);
    if (!match) return [];
    const values: Record<string, number> = {};
    for (const [, key, value] of match[2]!.matchAll(/;(\w+)=(-?\d+)/g)) values[key!] = Number(value);
    return [{ name: match[1]!, values }];
  });
}

const number = (value: number) => value.toLocaleString('en-GB');
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;

/** Seconds in the two largest units: "5 hours 12 minutes". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return count(whole, 'second');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours === 0) return count(minutes, 'minute');
  return minutes === 0 ? count(hours, 'hour') : `${count(hours, 'hour')} ${count(minutes, 'minute')}`;
}
