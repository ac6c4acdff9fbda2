/** A key's restrictions in a few words. Null if it has none. */
export function restrictionsText(key: {
  allowedIps: readonly string[];
  allowedDomains: readonly string[];
}): string | null {
  const parts = [counted(key.allowedIps, 'IP'), counted(key.allowedDomains, 'domain')].filter(Boolean);
  return parts.length > 0 ? `Limited to ${parts.join(' and ')}` : null;
}

const counted = (entries: readonly string[], what: string) =>
  entries.length > 0 && `${entries.length} ${what}${entries.length === 1 ? '' : 's'}`;
