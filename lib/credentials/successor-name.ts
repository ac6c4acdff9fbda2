export const NAME_MAX = 60;

const SUFFIX = / \((?:rotated|replaced) (\d{4}-\d{2}-\d{2})(?:, (\d+))?\)$/;

/**
 * The default name of a replacement: the old name with the UTC date, at most `NAME_MAX` characters. A second one on
 * the same day gets a number, so the name is always new.
 */
export function successorName(name: string, how: 'rotated' | 'replaced', now: Date): string {
  const day = now.toISOString().slice(0, 10);
  const earlier = SUFFIX.exec(name);
  const count = earlier?.[1] === day ? `, ${Number(earlier[2] ?? 1) + 1}` : '';
  const suffix = ` (${how} ${day}${count})`;
  // Cut by UTF-16 units, like the length check. Half of a surrogate pair is dropped.
  const kept = name.replace(SUFFIX, '').slice(0, NAME_MAX - suffix.length);
  return kept.replace(/[\ud800-\udbff]$/, '').trimEnd() + suffix;
}
