import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync('app/globals.css', 'utf8');

/** A token's color in one theme: `--background-color-x` if it exists for backgrounds, otherwise `--color-x`. */
function color(name: string, theme: 'light' | 'dark', as: 'text' | 'background'): string {
  const names = as === 'background' ? [`--background-color-${name}`, `--color-${name}`] : [`--color-${name}`];
  for (const property of names) {
    const value = css.match(new RegExp(`${property}: (?:light-dark\\((#\\w+), (#\\w+)\\)|(#\\w+));`));
    if (value) return (value[3] ?? value[theme === 'light' ? 1 : 2])!;
  }
  throw new Error(`no token ${name}`);
}

/** WCAG 2.2 relative luminance of `#rgb` or `#rrggbb`. */
function luminance(hex: string): number {
  const digits =
    hex.length === 4 ? Array.from(hex.slice(1), (digit) => digit + digit) : hex.slice(1).match(/../g)!;
  const [r, g, b] = digits.map((pair) => {
    const value = Number.parseInt(pair, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(front: string, back: string): number {
  const [light, dark] = [luminance(front), luminance(back)].sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

const grounds = ['canvas', 'surface', 'raised', 'sunken', 'hover'];
const readable = [
  ...['ink', 'muted', 'faint', 'accent', 'success', 'warning', 'danger', 'info'].flatMap((text) =>
    grounds.map((ground) => [text, ground]),
  ),
  ...['success', 'warning', 'danger', 'info', 'accent'].map((tone) => [tone, `${tone}-soft`]),
  ...['success', 'warning', 'danger', 'info', 'accent'].map((tone) => ['ink', `${tone}-soft`]),
  ...['accent', 'accent-hover', 'danger', 'danger-hover'].map((ground) => ['on-accent', ground]),
];
const visible = [
  ...['canvas', 'surface', 'raised'].map((ground) => ['line-strong', ground]),
  ...grounds.map((ground) => ['focus', ground]),
];

test.each(['light', 'dark'] as const)(
  'in the %s theme all text has a contrast of 4.5:1 and every control 3:1',
  (theme) => {
    const tooFaint = (pairs: string[][], least: number) =>
      pairs.filter(
        ([front, back]) => contrast(color(front!, theme, 'text'), color(back!, theme, 'background')) < least,
      );

    expect(tooFaint(readable, 4.5)).toEqual([]);
    expect(tooFaint(visible, 3)).toEqual([]);
  },
);
