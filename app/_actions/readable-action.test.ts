import { expect, test } from 'vitest';
import { isReadableAction } from './readable-action.ts';

const ID = 'a0'.repeat(21);
const post = (body: BodyInit, headers: Record<string, string> = { 'Next-Action': ID }) =>
  new Request('http://portal.test/sign-in', { method: 'POST', body, headers });

function form(fields: Record<string, string>) {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  return data;
}

test('requests sent by React are readable, and can be read again', async () => {
  const requests = [
    post('[]'),
    post('["a",{"b":1}]'),
    post(form({ '1_name': 'Ada', '0': '["$K1"]' })),
    post(form({ $ACTION_ID_x: '', name: 'Ada' }), {}),
    post('email=a', { 'Content-Type': 'application/x-www-form-urlencoded' }),
  ];
  for (const request of requests) {
    expect(await isReadableAction(request)).toBe(true);
    expect((await request.text()).length).toBeGreaterThan(0);
  }
  expect(
    await isReadableAction(new Request('http://portal.test/', { headers: { 'Next-Action': 'x' } })),
  ).toBe(true);
});

const multipart = { 'Content-Type': 'multipart/form-data; boundary=x' };
test.each([
  ['an ID that is no hex', post('[]', { 'Next-Action': 'x' })],
  ['an ID that is too long', post('[]', { 'Next-Action': 'a'.repeat(100) })],
  ['text', post('hello')],
  ['an object', post('{}')],
  ['nothing', post('')],
  ['JSON cut short', post('["a"')],
  ['a form without arguments', post(form({ name: 'Ada' }))],
  ['arguments that are no list', post(form({ '0': '{' }))],
  [
    'a truncated form',
    post('--x\r\nContent-Disposition: form-data; name="0"\r\n\r\n[', { 'Next-Action': ID, ...multipart }),
  ],
  ['a form without a boundary', post('x', { 'Next-Action': ID, 'Content-Type': 'multipart/form-data' })],
  ['a plain form that is malformed', post('x', multipart)],
])('malformed: %s', async (_name, request) => {
  expect(await isReadableAction(request)).toBe(false);
});
