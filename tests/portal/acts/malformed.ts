import { actionIds } from '#tests/support/portal-client.ts';

/** Payloads of a server action that Next can't decode, so that the action itself is never called. */

export const PAGE = '/forgot-password';
export const ACTION = 'app/(entry)/actions.ts#forgotPasswordAction';
export const id = actionIds().get(ACTION) ?? '';
const call = { 'Next-Action': id, Accept: 'text/x-component' };
const text = { ...call, 'Content-Type': 'text/plain;charset=UTF-8' };
export const multipart = { 'Content-Type': 'multipart/form-data; boundary=-partOfForm' };
export const form = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(
      ([name, value]) =>
        `---partOfForm\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    .join('')
    .concat('---partOfForm--\r\n');
const bound = (meta: unknown, more: Record<string, string> = {}) =>
  form({ $ACTION_REF_1: '', '$ACTION_1:0': JSON.stringify(meta), ...more });
const unknown = 'ab'.repeat(21);

const references = [
  '$F1',
  '$Q1',
  '$W1',
  '$i1',
  '$1',
  '$1:a:b',
  '$1:__proto__:constructor',
  '$B1',
  '$A1',
  '$h1',
  '$Z',
];
const later = ['{', '1', 'null', '{"id":"toString","bound":["$2"]}', '{"then":"$1:constructor"}', '"$1'];
export const MALFORMED: [name: string, headers: Record<string, string>, body: string][] = [
  ...[...references, '$n12x', `$n${'9'.repeat(50_000)}`].flatMap((reference): typeof MALFORMED => [
    [`${reference.slice(0, 30)} as text`, text, JSON.stringify([reference])],
    [
      `${reference.slice(0, 30)} in a form`,
      { ...call, ...multipart },
      form({ '0': JSON.stringify([reference]) }),
    ],
  ]),
  ...references.flatMap((reference) =>
    later.map((one): (typeof MALFORMED)[number] => [
      `${reference} to ${one}`,
      { ...call, ...multipart },
      form({ '1': one, '0': JSON.stringify([reference]) }),
    ]),
  ),
  ['arguments nested deeply', text, '['.repeat(20_000) + ']'.repeat(20_000)],
  ['too many arguments', text, JSON.stringify(Array(2_000).fill(1))],
  ['an unknown action', { ...text, 'Next-Action': unknown }, '[]'],
  ['the name of a property as an action', { ...text, 'Next-Action': 'toString' }, '[]'],
  ['a form cut short', { ...call, ...multipart }, form({ '1_email': 'a', '0': '["$K1"]' }).slice(0, -10)],
  ['a form without a boundary', { ...call, 'Content-Type': 'multipart/form-data' }, form({ '0': '[]' })],
  ['a form of another type', { ...call, 'Content-Type': 'application/x-www-form-urlencoded' }, 'a=b'],
  ['a form as JSON', { ...call, 'Content-Type': 'application/json' }, '{"email":"a"}'],
  ['another forwarded host', { ...text, 'X-Forwarded-Host': 'evil.test' }, '[]'],
  ['without JavaScript: cut short', multipart, form({ [`$ACTION_ID_${id}`]: '', email: 'a' }).slice(0, -10)],
  ['without JavaScript: an unknown action', multipart, form({ [`$ACTION_ID_${unknown}`]: '' })],
  ['without JavaScript: no bound arguments', multipart, bound({ id, bound: '$@1' })],
  [
    'without JavaScript: broken bound arguments',
    multipart,
    bound({ id, bound: '$@1' }, { '$ACTION_1:1': '{' }),
  ],
  [
    'without JavaScript: too many bound arguments',
    multipart,
    bound({ id, bound: '$@1' }, { '$ACTION_1:1': JSON.stringify(Array(3_000).fill(1)) }),
  ],
  [
    'without JavaScript: another forwarded host',
    { ...multipart, 'X-Forwarded-Host': 'evil.test' },
    form({ [`$ACTION_ID_${id}`]: '', email: 'a' }),
  ],
];
