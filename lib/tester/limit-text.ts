import { formatCount, formatNumber } from '#lib/format.ts';

type Header = readonly [name: string, value: string];

/** `daily` is the daily limit with the least remaining: the key's, its app's, or the team's. */
const LIMITS: Readonly<Record<string, string>> = {
  daily: "today's requests with this key",
  burst: "the team's burst limit",
};

/** RateLimit, RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) and Retry-After as sentences. */
export function limitTexts(headers: readonly Header[]): string[] {
  const policies = new Map(listOf(headers, 'ratelimit-policy').map((item) => [item.name, item.values]));
  const texts = listOf(headers, 'ratelimit').map(({ name, values }) => {
    const quota = policies.get(name)?.q;
    const left = `${formatNumber(values.r ?? 0)}${quota === undefined ? '' : ` of ${formatNumber(quota)}`} remaining`;
    const resets = values.t === undefined ? '' : `, resets in ${duration(values.t)}`;
    return `${capital(LIMITS[name] ?? `the limit “${name}”`)}: ${left}${resets}.`;
  });
  const after = Number(fieldValue(headers, 'retry-after'));
  return Number.isFinite(after) && after > 0 ? [...texts, `Try again in ${duration(after)}.`] : texts;
}

const fieldValue = (headers: readonly Header[], name: string) =>
  headers
    .filter(([given]) => given.toLowerCase() === name)
    .map(([, value]) => value)
    .join(', ') || undefined;

/** A list of quoted names with numbers: `"daily";q=1000;w=86400, "burst";q=20;w=1`. Other items are ignored. */
function listOf(headers: readonly Header[], name: string) {
  return (fieldValue(headers, name) ?? '').split(/,\s*(?=")/).flatMap((item) => {
    const match = /^\s*"([^"]{1,50})"((?:;\w+=-?\d+)*)\s*$/.exec(item);
    if (!match) return [];
    const values: Record<string, number> = {};
    for (const [, key, value] of match[2]!.matchAll(/;(\w+)=(-?\d+)/g)) values[key!] = Number(value);
    return [{ name: match[1]!, values }];
  });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Seconds in the two largest units: "5 hours 12 minutes". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return formatCount(whole, 'second');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (hours === 0) return formatCount(minutes, 'minute');
  return minutes === 0
    ? formatCount(hours, 'hour')
    : `${formatCount(hours, 'hour')} ${formatCount(minutes, 'minute')}`;
}
