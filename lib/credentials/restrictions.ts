import { z } from 'zod';
import { coversDomain, readAllowedDomain } from './allowed-domain.ts';
import { coversIp, type ReadEntry, readAllowedIp } from './allowed-ip.ts';

/** Entries per list: enough for every office and host, and few enough to check on every request. */
export const RESTRICTION_ENTRIES_MAX = 50;
const TEXT_MAX = 20_000;

/** Addresses and CIDR ranges that a key can be used from, one per line. Empty for all. */
export const AllowedIps = list(readAllowedIp, coversIp);

/** Domains of the pages that a key can be used on, one per line. Empty for all. */
export const AllowedDomains = list(readAllowedDomain, coversDomain);

/** Parses one entry per line (or commas) into the stored list. Each invalid entry has its own message. */
function list(read: (entry: string) => ReadEntry, covers: (wide: string, narrow: string) => boolean) {
  return z
    .string()
    .max(TEXT_MAX, 'Enter at most 20,000 characters.')
    .transform((text, context) => {
      const entries = text.split(/[\s,;]+/).filter(Boolean);
      const issue = (message: string) => context.addIssue({ code: 'custom', message });
      if (entries.length > RESTRICTION_ENTRIES_MAX) {
        issue(`A list has at most ${RESTRICTION_ENTRIES_MAX} entries; this one has ${entries.length}.`);
        return z.NEVER;
      }
      const kept: { entry: string; value: string }[] = [];
      for (const entry of entries) {
        const result = read(entry);
        if (!result.ok) {
          issue(`${quoted(entry)} ${result.problem}`);
          continue;
        }
        const { value } = result;
        const clash = kept.find((other) => covers(other.value, value) || covers(value, other.value));
        if (clash) issue(clashOf(clash, { entry, value }, covers));
        kept.push({ entry, value });
      }
      return kept.map(({ value }) => value);
    });
}

type Entry = { entry: string; value: string };

/** Overlapping entries are rejected: removing one of them would not remove the access. */
function clashOf(first: Entry, second: Entry, covers: (wide: string, narrow: string) => boolean): string {
  if (first.value === second.value)
    return first.entry === second.entry
      ? `${quoted(second.entry)} is listed twice.`
      : `${quoted(second.entry)} is the same as ${quoted(first.entry)}.`;
  const [wide, narrow] = covers(first.value, second.value) ? [first, second] : [second, first];
  return `${quoted(narrow.entry)} is already covered by ${quoted(wide.entry)}. Remove one of them.`;
}

const quoted = (entry: string) => `“${entry.length > 60 ? `${entry.slice(0, 60)}…` : entry}”`;
