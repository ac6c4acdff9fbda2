import { expect, test } from 'vitest';
import { restrictionsText } from './restrictions-text.ts';

test.each([
  [[], [], null],
  [['203.0.113.9'], [], 'Limited to 1 IP'],
  [[], ['example.com', '*.example.com'], 'Limited to 2 domains'],
  [['203.0.113.9', '10.0.0.0/8'], ['example.com'], 'Limited to 2 IPs and 1 domain'],
])('%j and %j: %s', (allowedIps, allowedDomains, text) => {
  expect(restrictionsText({ allowedIps, allowedDomains })).toBe(text);
});
