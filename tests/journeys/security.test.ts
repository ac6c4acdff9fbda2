import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** The guides' best practices as findings with their fixes, and a key that someone found. */

const step = steps();
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.owner);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'security');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const sidebar = (name: string) => page.getByRole('link', { name, exact: true }).first();
const toast = (text: string | RegExp) => page.locator('[data-sonner-toast]').filter({ hasText: text });
const finding = (title: string) =>
  page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
    .last();
const call = (secretKey: string) => callGateway(`${demo.gatewayUrl}/weather/cities`, secretKey);

async function openSecurity(): Promise<void> {
  await sidebar('Security').click();
  await page.getByRole('heading', { level: 1, name: 'Security' }).waitFor();
}

step('a finding on the dashboard links to its details, with evidence and fix', async () => {
  await page.goto(`/t/${demo.team.slug}`);
  await page.getByText(/Posture score \d+ of 100/).waitFor();
  await openSecurity();
  await expectAccessible(page);
  const found = finding('Production key never expires');
  await found.getByText(demo.credential.sharedKey).waitFor();
  await found.getByRole('button', { name: /^Set expiration/ }).waitFor();
});

step('it is fixed in place, and the score rises', async () => {
  const score = async () => Number(/(\d+) out of 100/.exec((await page.locator('main').textContent())!)?.[1]);
  const before = await score();
  await finding('Production key never expires')
    .getByRole('button', { name: /^Set expiration/ })
    .click();
  const dialog = page.getByRole('dialog', { name: /^Set the expiration of/ });
  await expectAccessible(page);
  await dialog.getByLabel('Expiration', { exact: true }).selectOption({ label: '180 days' });
  await dialog.getByRole('button', { name: 'Set expiration', exact: true }).click();
  await toast(/” saved/).waitFor();
  await finding('Production key never expires').waitFor({ state: 'detached' });
  await until(async () => (await score()) > before, 'a better score', 10_000);
  expect((await call(demo.credential.secretKey)).status).toBe(200);
});

step('another is dismissed with a note, and restored', async () => {
  const title = 'Only one owner';
  const dismiss = async () => {
    await finding(title)
      .getByRole('button', { name: /^Dismiss/ })
      .click();
    const dialog = page.getByRole('dialog', { name: `Dismiss “${title}”?` });
    await dialog.getByLabel(/^Note/).fill('We are a small team.');
    await dialog.getByRole('button', { name: 'Dismiss for 30 days' }).click();
    await finding(title).waitFor({ state: 'detached' });
  };
  await dismiss();
  await toast(/^Dismissed for 30 days: Only one owner/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await finding(title).waitFor();
  await dismiss();
  await page.getByText('Dismissed (1)').click();
  await page.getByText('“We are a small team.”').waitFor();
  await expectAccessible(page);
  await page.getByRole('group').getByRole('button', { name: /^Undo/ }).click();
  await finding(title).waitFor();
});

step('the key policy: maximum age, and what happens to leaked keys', async () => {
  await sidebar('Settings').click();
  const policy = finding('Key policy');
  await policy.getByLabel('Production', { exact: true }).fill('0');
  await policy.getByRole('button', { name: 'Save key policy' }).click();
  await policy.locator('[aria-invalid="true"]').waitFor();
  await policy.getByLabel('Production', { exact: true }).fill('90');
  await policy.getByLabel('Revoke exposed keys automatically').check();
  await expectAccessible(page);
  await policy.getByRole('button', { name: 'Save key policy' }).click();
  await toast('Key policy saved').waitFor();
});

step('a secret key in a text field is rejected and marked as exposed', async () => {
  await sidebar('API Keys').click();
  await button('Create API Key').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Laptop');
  await dialog.getByLabel(/^Description/).fill(`Uses ${demo.memberCredential.secretKey} for now`);
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  await dialog.getByText('We marked the key as exposed.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.reload();
  await page
    .getByRole('table', { name: 'API Keys' })
    .getByRole('row')
    .filter({ hasText: "Mina's key" })
    .getByText('Exposed')
    .waitFor();
  await openSecurity();
  await finding('Exposed key is still active')
    .or(page.getByText('No exposed key is active'))
    .first()
    .waitFor();
});

step('I found a key: reporting the secret revokes the key', async () => {
  expect((await call(demo.credential.secretKey)).status).toBe(200);
  const stranger = await openPage(browser, demo.portalUrl);
  await stranger.page.goto('/found-a-key');
  await stranger.page.getByRole('heading', { level: 1, name: 'I found a key' }).waitFor();
  await expectAccessible(stranger.page);
  const text = `const key = '${demo.credential.secretKey}'; // do not commit`;
  await stranger.page.getByLabel('The key', { exact: true }).fill(text);
  await stranger.page.getByLabel(/^Where did you find it\?/).fill('https://git.example/harbour/app.js');
  await stranger.page.getByRole('button', { name: 'Report the key' }).click();
  await stranger.page.getByText('If it’s a valid key, we’ve notified its owners.').waitFor();
  await expectAccessible(stranger.page);
  expect(await call(demo.credential.secretKey)).toMatchObject({ status: 401, code: 'credential_revoked' });
  expect(stranger.errors).toEqual([]);
  await stranger.close();
});

step('the notification links to the evidence', async () => {
  await page.reload();
  const bell = page.getByRole('link', { name: 'Notifications', exact: true });
  expect(await page.locator('#unread-notifications').textContent()).toMatch(/^\d+ unread$/);
  await bell.click();
  await page.getByRole('heading', { level: 1, name: 'Notifications' }).waitFor();
  const told = page
    .getByRole('listitem')
    .filter({ hasText: /found|exposed/i })
    .filter({ hasText: 'New' })
    .first();
  await told.waitFor();
  await expectAccessible(page);
  await told.getByRole('link').click();
  await page.waitForURL((url) => !url.pathname.endsWith('/notifications'));
  await page.getByRole('heading', { level: 1 }).waitFor();
  const all = button('Mark all as read');
  // The jobs can add a notification at any time.
  await until(async () => {
    await page.goto(`/t/${demo.team.slug}/notifications`);
    if ((await page.locator('#unread-notifications').textContent()) === 'No unread notifications')
      return true;
    await all.click();
    await toast('All notifications marked as read').waitFor();
    return false;
  }, 'all notifications are read');
});

step('each person chooses their notifications', async () => {
  const choice = page.getByRole('switch', { name: /: email$/ }).first();
  const before = await choice.getAttribute('aria-checked');
  await choice.click();
  await toast(/by email: (?:on|off)/).waitFor();
  await page.reload();
  expect(await choice.getAttribute('aria-checked')).not.toBe(before);
});

step('the email names the key and the place, without the secret', async () => {
  // Other people's addresses are broken up with invisible characters, so that they can't become links.
  const read = async () =>
    (await page.locator('main').textContent())!.replaceAll(/[\u200b-\u200d\u2060]/g, '');
  await until(async () => {
    await page.goto('/outbox');
    return (await read()).includes('https://git.example/harbour/app.js');
  }, 'the mail');
  const mails = await read();
  expect(mails).toContain(demo.owner.email);
  for (const { secretKey } of [demo.credential, demo.memberCredential])
    expect(mails).not.toContain(secretKey.split('_').at(-1)!);
});

step('no browser errors, and no secret in any log', async () => {
  expect(errors).toEqual([]);
  // The demo prints its key pair once, when it is ready.
  const [, since, ...others] = demo.output().split('Press Ctrl-C to stop.');
  if (since === undefined || others.length > 0) throw new Error('The demo says once that it is ready.');
  for (const { secretKey } of [demo.credential, demo.memberCredential])
    expect(since).not.toContain(secretKey.split('_').at(-1)!);
});
