import type { Json } from './json-value.ts';

const BY_FORMAT: Readonly<Record<string, string>> = {
  date: '2026-01-31',
  'date-time': '2026-01-31T09:30:00Z',
  time: '09:30:00Z',
  duration: 'P1D',
  email: 'ada@example.com',
  'idn-email': 'ada@example.com',
  uuid: '3fa85f64-5717-4562-b3fc-2c963f66afa6',
  uri: 'https://example.com/',
  url: 'https://example.com/',
  'uri-reference': '/example',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  byte: 'ZXhhbXBsZQ==',
  binary: '',
  password: 'a long passphrase',
};
const LENGTH_MAX = 200;

/** A string that matches a schema's format and length. Patterns are ignored. */
export function textExample(schema: Json): string {
  const format = typeof schema.format === 'string' ? schema.format : '';
  const known = Object.hasOwn(BY_FORMAT, format) ? BY_FORMAT[format] : undefined;
  if (known !== undefined) return known;
  const least = Math.min(Number(schema.minLength) || 0, LENGTH_MAX);
  const most = typeof schema.maxLength === 'number' ? Math.max(0, schema.maxLength) : LENGTH_MAX;
  return 'string'.padEnd(least, 'string').slice(0, most);
}
