import { expect, test } from 'vitest';
import { safePath } from './safe-path.ts';

test.each(['/', '/t/acme', '/invitations/a-b_c.D1'])('%s is a valid destination', (path) => {
  expect(safePath(path)).toBe(path);
});

test.each([
  ...[
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '',
    'x',
    '/a b',
    '/\t/evil.example',
  ],
  ...['/a?b=c', '/@evil\n', ['/a', '/b'], undefined],
])('%j leads to the start page', (asked) => {
  expect(safePath(asked)).toBe('/');
});
