/** What a key is limited to, in a few words; null when it may be used from everywhere. */
export function restrictionsText(key: {
  allowedIps: readonly string[];
  allowedDomains: readonly string[];
}): string | null {
  const parts = [counted(key.allowedIps, 'IP'), counted(key.allowedDomains, 'domain')].filter(Boolean);
  return parts.length > 0 ? `Limited to ${parts.join(' and ')}` : null;
}

const counted = (entries: readonly string[], what: string) =>
  entries.length > 0 && `${entries.length} ${what}${entries.length === 1 ? '' : 's'}`;
