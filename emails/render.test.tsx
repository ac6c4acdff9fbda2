import { expect, test } from 'vitest';
import type { MailProps, Template } from '#lib/mail/enqueue.ts';
import { inert } from './inert.ts';
import { renderMail } from './render.tsx';

const link = 'https://portal.example.com/some/page/dG9rZW4tb2YtNDMtY2hhcmFjdGVycw';
const resetLink = 'https://portal.example.com/forgot-password';
const at = '2026-03-29T00:30:00.000Z';

/** Every template once, with the given text in every field. */
const everything = (name: string): { [T in Template]: MailProps[T] } => ({
  'verify-email': { name, link },
  'already-registered': { name, signInLink: link, resetLink },
  'reset-password': { name, link },
  'password-changed': { name, resetLink: link },
  'two-factor-changed': { name, change: 'on', link },
  invitation: { name, team: name, inviter: name, role: 'Admin', message: name, link, expiresAt: at },
  'invitation-asked-again': { name, team: name, invited: name, link },
  'invitation-accepted': { name, team: name, joined: name, link },
  'member-suspended': { name, team: name, by: name },
  'member-removed': { name, team: name, by: name },
  'role-changed': { name, team: name, by: name, role: name, link },
  'review-due': { name, team: name, days: 91, link },
  'key-exposed': {
    ...{ name, team: name, keyName: name, sharedKey: 'lk_pk_prod_0123456789abcdef', outcome: 'works' },
    ...{
      source: 'Found by secret scanning',
      place: name,
      note: name,
      foundAt: at,
      link,
      why: 'the API key is yours',
    },
  },
  'key-expiring': {
    name,
    team: name,
    keys: [
      {
        ...{ name, application: name, environment: 'production', sharedKey: 'lk_pk_prod_0123456789abcdef' },
        ...{ endsAt: at, ended: false, link },
      },
    ],
    link,
    why: 'the API key is yours',
  },
  'incident-opened': { name, team: name, by: name, keyName: name, link, why: 'the key was yours' },
  notification: {
    ...{ name, team: name, why: name, settingsLink: resetLink },
    items: [{ title: name || 'Something', body: name, link }],
  },
  'log-retention': {
    ...{
      name,
      team: name,
      change: 'lowered',
      daysBefore: 90,
      daysAfter: 7,
      requests: 21_094,
      dueAt: at,
      link,
    },
  },
  'team-deleted': { name, team: name, by: name, until: at, link },
});
const templates = Object.keys(everything('')) as Template[]; // Every template has an entry.
const renderAs = (template: Template, name: string) => renderMail(template, everything(name)[template]);

const without = new Set<Template>(['member-suspended', 'member-removed']);

test.each(templates.filter((template) => !without.has(template)))(
  '%s: the text has the link once, and the button leads to it',
  async (template) => {
    const { html, text } = await renderAs(template, 'Ada');

    expect(text.split(link)).toHaveLength(2);
    expect(html).toContain(`href="${link}"`);
  },
);

test.each([...without])('%s: has no link', async (template) => {
  const { html } = await renderAs(template, 'Ada');

  expect(html).not.toMatch(/<a\b/);
});

test.each(templates)(
  '%s: a hostile name stays text everywhere, and the subject is one short line',
  async (template) => {
    const name =
      '<a href="https://evil.example">x</a><img src=x onerror=alert(1)>\r\nBcc: eve@example.com\u2028';
    const { subject, html, text } = await renderAs(template, name);

    expect(html).not.toMatch(/<a[^>]*evil/);
    expect(html).not.toMatch(/<img/);
    expect(html.replaceAll('\u2060', '')).toContain('&lt;a href=&quot;https://evil.example&quot;&gt;');
    expect(subject).not.toMatch(/[\r\n\u0000-\u001f]/);
    expect(subject.length).toBeGreaterThan(0);
    expect((await renderAs(template, 'x'.repeat(5_000))).subject.length).toBeLessThanOrEqual(180);
    expect(text.length).toBeGreaterThan(50);
  },
);

test('a URL that someone typed is not a link', async () => {
  const { html } = await renderAs('invitation', 'javascript:alert(1)');

  const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
  expect(new Set(targets)).toEqual(new Set([link]));
});

test('opening an email loads nothing', async () => {
  for (const template of templates) {
    const { html } = await renderAs(template, 'Ada');
    expect(html, template).not.toMatch(/<(img|script|link|iframe)\b|url\(|@import/i);
  }
});

test('times are in UTC, regardless of the server’s time zone', async () => {
  const { text } = await renderAs('invitation', 'Ada');

  expect(text).toContain('March 29, 2026 at 00:30 UTC');
});

test('an email to a registered address links to sign-in and to a password reset', async () => {
  const { text } = await renderAs('already-registered', 'Ada');

  expect(text).toContain(resetLink);
  expect(text).toContain(link);
});

test('a single expiring key is announced in the singular', async () => {
  const key = {
    ...{ name: 'first', application: 'Storefront', environment: 'production', sharedKey: 'lk_pk_prod_first' },
    ...{ endsAt: at, ended: false, link },
  };
  const { text } = await renderMail('key-expiring', {
    ...{ name: 'Ada', team: 'Harbour Labs', keys: [key], link, why: 'the API key is yours' },
  });

  expect(text.replaceAll(/\s+/g, ' ')).toContain('this key of Harbour Labs needs your attention');
});

test('several keys share an email, each with its expiration and its own link', async () => {
  const key = (name: string, ended: boolean) => ({
    ...{ name, application: 'Storefront', environment: 'production', sharedKey: `lk_pk_prod_${name}` },
    ...{ endsAt: at, ended, link: `${link}/${name}` },
  });
  const keys = [key('first', true), key('second', false)];
  const { subject, text } = await renderMail('key-expiring', {
    ...{ name: 'Ada', team: 'Harbour Labs', keys, link, why: 'you are an owner of the team' },
  });

  expect(subject).toBe('2 API keys in Harbour Labs expire soon');
  for (const { name } of keys) {
    expect(text).toContain(`lk_pk_prod_${name}`);
    expect(text).toContain(`${link}/${name}`);
  }
  expect(text).toContain('Expired on March 29, 2026 at 00:30 UTC');
  expect(text).toContain('Expires on March 29, 2026 at 00:30 UTC');
});

test.each(templates)(
  '%s: a name with a web address or a reversing character is inert in HTML, text and subject',
  async (template) => {
    const name =
      'https://evil.example/win You won! www.evil.example evil。example \u202Egnp.exe ftp://evil.example mailto:eve@evil.example javascript:alert(1)';
    const { subject, html, text } = await renderAs(template, name);

    for (const part of [subject, html, text]) {
      expect(part).not.toMatch(/(https?|ftp):\/\/evil/);
      expect(part).not.toMatch(/(?<!@)evil[.。]example/);
      expect(part).not.toMatch(/(mailto|javascript):[^ \u2060]/);
      expect(part).not.toContain('\u202E');
    }
    expect(text.replaceAll('\u2060', '')).toContain('https://evil.example/win You won!');
  },
);

test('ordinary names, addresses and times are unchanged', () => {
  for (const text of [
    'Ada Lovelace',
    'ada@example.com',
    'v1.2',
    'St. Mary’s',
    '10:30',
    'Müller & Söhne GmbH',
  ])
    expect(inert(text)).toBe(text);
});
