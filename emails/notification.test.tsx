import { expect, test } from 'vitest';
import { renderMail } from './render.tsx';

const item = (n: number) => ({
  title: `Event ${n} <b>`,
  body: `Body ${n}`,
  link: `https://portal.example.com/evidence/${n}`,
});
const props = { name: 'Ada', team: 'Acme', settingsLink: 'https://portal.example.com/settings', why: 'x' };

test('a single notification is the subject and has a button; several have a link each', async () => {
  const one = await renderMail('notification', { ...props, items: [item(1)] });
  const several = await renderMail('notification', { ...props, items: [item(1), item(2), item(3)] });

  expect(one.subject).toBe('Event 1 <b>');
  expect(several.subject).toBe('3 notifications from Acme');
  for (const n of [1, 2, 3]) {
    expect(several.html).toContain(`href="${item(n).link}"`);
    expect(several.text).toContain(item(n).link);
    expect(several.text).toContain(item(n).body);
  }
  expect(several.html).not.toContain('<b>');
  for (const { text } of [one, several]) expect(text).toContain(props.settingsLink);
});
