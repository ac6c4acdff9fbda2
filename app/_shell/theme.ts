export const THEME_COOKIE = 'theme';

const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** A theme from a cookie or a form. Anything unknown means the system's theme. */
export function themeOf(value: unknown): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}
