import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway, runCurl } from '#tests/support/gateway-call.ts';
import { chooseForKey, takeKeys } from '#tests/support/key-pages.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';
import { submit } from '#tests/support/submit.ts';

/** API Keys from creation to revocation, following the guides' "API Key Management" label by label. */

const step = steps();
/** Addresses of the browser and the client app, set in a header that the demo trusts. */
const HERE = '198.51.100.7';
const ELSEWHERE = '203.0.113.9';
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];
let keys: { sharedKey: string; secretKey: string };
let curl: string;

beforeAll(async () => {
  demo = await startDemo({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await page.setExtraHTTPHeaders({ 'X-Forwarded-For': HERE });
  await signIn(page, demo.owner);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'api-keys');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (label: string | RegExp) => page.getByLabel(label, { exact: true });
const table = () => page.getByRole('table', { name: 'API Keys' });
const rowOf = (name: string) => table().getByRole('row').filter({ hasText: name });
const toast = (text: string | RegExp) => page.locator('[data-sonner-toast]').filter({ hasText: text });
const RECEIPT = /(?:Rejected|Applied) on (\d+) of \1 gateways after/;

const call = (from: string, headers: Record<string, string> = {}) =>
  callGateway(`${demo.gatewayUrl}/weather/cities`, keys.secretKey, { 'X-Forwarded-For': from, ...headers });

async function openKeys(): Promise<void> {
  await page.getByRole('link', { name: 'API Keys', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor();
  await table().waitFor();
}

step('Create API Key has the fields that the guide names', async () => {
  await openKeys();
  await expectAccessible(page);
  await button('Create API Key').click();
  const dialog = page.getByRole('dialog');
  await expectAccessible(page);
  const optionsOf = (label: string) => dialog.getByLabel(label, { exact: true }).locator('option');
  expect(await optionsOf('Environment').allTextContents()).toEqual(['Development', 'Staging', 'Production']);
  expect(await optionsOf('Expiration').allTextContents()).toEqual([
    'Never expires',
    '30 days',
    '90 days',
    '180 days',
  ]);
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  await dialog.locator('[aria-invalid="true"]').first().waitFor();
  expect(await dialog.getByLabel('Name', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  await dialog.getByLabel('Name', { exact: true }).fill('Production App');
  await dialog.getByLabel(/^Description/).fill('Checkout in Frankfurt');
  await dialog.getByLabel('Environment', { exact: true }).selectOption({ label: 'Production' });
  await dialog.getByLabel('Expiration', { exact: true }).selectOption({ label: '90 days' });
  await dialog.getByLabel('Application', { exact: true }).selectOption({ label: 'Harbour app' });
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
});

step('the key is shown once: copied, downloaded as .env, then gone', async () => {
  await page.getByText('Immediately copy and securely store your keys.').waitFor();
  const secret = await field('Secret Key').inputValue();
  await page.getByRole('button', { name: 'Copy Secret Key' }).click();
  await page.getByText('Copied').first().waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  const waiting = page.waitForEvent('download');
  await button('Download .env').click();
  const file = readFileSync(await (await waiting).path(), 'utf8');
  expect(file).toContain(`LATCHKEY_SECRET_KEY=${secret}\n`);
  expect(file).toContain(demo.gatewayUrl);
  const tabs = await page.getByRole('tablist', { name: 'Snippets' }).getByRole('tab').allTextContents();
  expect(tabs).toEqual(['.env', 'curl', 'Node', 'Python', 'Go']);
  const taken = await takeKeys(page);
  keys = taken;
  curl = taken.curl!;
  expect(keys.sharedKey).toMatch(/^lk_pk_prod_/);
  await page.reload();
  await rowOf('Production App').waitFor();
  const hidden = secret.split('_').at(-1)!;
  expect(await page.content()).not.toContain(hidden);
  for (const headers of [{}, { RSC: '1' }])
    expect(await (await page.request.get(page.url(), { headers })).text()).not.toContain(hidden);
});

step('the table has the guide’s columns, and a request updates usage and last used', async () => {
  for (const column of [
    'Name',
    'Application',
    'Environment',
    'Created',
    'Expires',
    'Last used',
    'Usage',
    'Status',
  ])
    await table().getByRole('columnheader', { name: column, exact: true }).waitFor();
  const cell = (label: string) => rowOf('Production App').locator(`td[data-label="${label}"]`);
  expect(await cell('Name').textContent()).toContain('Checkout in Frankfurt');
  expect(await cell('Environment').textContent()).toBe('Production');
  const dateOf = async (label: string) =>
    Date.parse((await cell(label).locator('time').getAttribute('datetime'))!);
  expect(Math.abs((await dateOf('Created')) - Date.now())).toBeLessThan(120_000);
  expect(Math.round(((await dateOf('Expires')) - Date.now()) / 86_400_000)).toBe(90);
  expect(await cell('Last used').textContent()).toBe('Never');

  const response = await runCurl(curl, `--header 'X-Forwarded-For: ${HERE}'`);
  expect(response).toMatchObject({ status: 200, code: null });
  await until(
    async () => {
      await page.reload();
      return /^1 requests/.test((await cell('Usage').textContent()) ?? '');
    },
    'the request in the table',
    15_000,
  );
  expect(Math.abs((await dateOf('Last used')) - Date.now())).toBeLessThan(120_000);
  await expectAccessible(page);
});

step('a Development key without an expiration, in the Default app', async () => {
  await button('Create API Key').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Development Testing');
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  const { sharedKey, secretKey } = await takeKeys(page);
  expect(sharedKey).toMatch(/^lk_pk_dev_/);
  const row = rowOf('Development Testing');
  expect(await row.locator('td[data-label="Expires"]').textContent()).toBe('Never');
  expect(await row.locator('td[data-label="Application"]').textContent()).toBe('Default app');
  const response = await callGateway(`${demo.gatewayUrl}/weather/cities`, secretKey);
  expect(response.status).toBe(200);
});

step('filters narrow the table and are in the URL; the export has no secrets', async () => {
  const form = page.getByRole('form', { name: 'Filter keys' });
  const choose = async (label: string, option: string) => {
    await form.getByLabel(label, { exact: true }).selectOption({ label: option });
    await form.getByRole('button', { name: 'Apply filters' }).click();
  };
  await choose('Environment', 'Development');
  await page.waitForURL('**environment=development**');
  await rowOf('Production App').waitFor({ state: 'detached' });
  await rowOf('Development Testing').waitFor();
  await choose('Application', 'Harbour app');
  await page.getByText('No keys match').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Clear filters' }).first().click();
  await rowOf('Production App').waitFor();
  await choose('Owner', 'Mina Member');
  await rowOf('Production App').waitFor({ state: 'detached' });
  await rowOf("Mina's key").waitFor();
  await page.getByRole('link', { name: 'Clear filters' }).first().click();
  await rowOf('Production App').waitFor();
  await form.getByLabel('Search keys').fill('frankfurt');
  await choose('Status', 'Active');
  await rowOf('Development Testing').waitFor({ state: 'detached' });
  await rowOf('Production App').waitFor();
  // Navigating before the page has loaded would cancel the download.
  await page.waitForLoadState('networkidle');

  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV' }).click();
  const csv = readFileSync(await (await waiting).path(), 'utf8');
  expect(csv.trim().split('\r\n')).toHaveLength(2);
  expect(csv).toContain(keys.sharedKey);
  expect(csv).not.toContain('lk_sk_');
  await page.getByRole('link', { name: 'Clear filters' }).first().click();
  await rowOf('Development Testing').waitFor();
});

step('Edit: a new name, and an earlier expiration with its receipt', async () => {
  await chooseForKey(page, 'Production App', 'Edit');
  const dialog = page.getByRole('dialog', { name: 'Edit “Production App”' });
  await expectAccessible(page);
  await dialog.getByLabel('Name', { exact: true }).fill('Web shop');
  await dialog.getByLabel('Expiration', { exact: true }).selectOption({ label: '30 days from now' });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await toast(RECEIPT).filter({ hasText: '“Web shop” saved' }).waitFor();
  await rowOf('Web shop').waitFor();
  const until = await rowOf('Web shop').locator('td[data-label="Expires"] time').getAttribute('datetime');
  expect(Math.round((Date.parse(until!) - Date.now()) / 86_400_000)).toBe(30);
  expect((await call(HERE)).status).toBe(200);
});

step('Allowed IPs: a button adds your own address, and every other one is rejected', async () => {
  await chooseForKey(page, 'Web shop', 'Restrictions');
  await page.getByRole('heading', { name: 'Where this key can be used' }).waitFor();
  await expectAccessible(page);
  await field('Allowed IPs').fill('10.0.0.300');
  await button('Save restrictions').click();
  await page.locator('[aria-invalid="true"]').waitFor();
  await field('Allowed IPs').fill('');
  await button('Add my current IP').click();
  expect(await field('Allowed IPs').inputValue()).toBe(HERE);
  await button('Save restrictions').click();
  await toast(RECEIPT).filter({ hasText: 'Restrictions of “Web shop” saved' }).waitFor();
  expect((await call(HERE)).status).toBe(200);
  expect(await call(ELSEWHERE)).toMatchObject({ status: 403, code: 'ip_not_allowed' });
});

step('the dry run shows the same result without a request', async () => {
  const dryRun = page.locator('form').filter({ has: button('Check') });
  const check = async (address: string) => {
    await dryRun.getByLabel('Address', { exact: true }).fill(address);
    await dryRun.getByLabel('Endpoint', { exact: true }).selectOption({ label: 'GET /weather/cities' });
    await button('Check').click();
  };
  await check(HERE);
  await page.getByText('This request would reach the API.').waitFor();
  await check(ELSEWHERE);
  await page.getByText('Rejected', { exact: true }).waitFor();
  expect(await page.getByRole('link', { name: /not allowed/i }).getAttribute('href')).toBe(
    '/docs/errors/ip_not_allowed',
  );
  await expectAccessible(page);
});

step('Allowed domains limit browsers', async () => {
  await field('Allowed domains').fill('*.example.com');
  await submit(page, 'Save restrictions');
  await page.getByText('Only affects browsers. Not a security control.').waitFor();
  expect((await call(HERE, { Origin: 'https://shop.example.com' })).status).toBe(200);
  expect(await call(HERE, { Origin: 'https://evil.example.net' })).toMatchObject({
    status: 403,
    code: 'domain_not_allowed',
  });
  await field('Allowed domains').fill('');
  await submit(page, 'Save restrictions');
  expect((await call(HERE, { Origin: 'https://evil.example.net' })).status).toBe(200);
});

step('Daily limit: the 429 names the limit and when it resets', async () => {
  await field(/^Daily limit/).fill('1');
  await submit(page, 'Save daily limit');
  const refused = await call(HERE);
  expect(refused).toMatchObject({ status: 429, code: 'key_limit_exceeded' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  await field(/^Daily limit/).fill('');
  await submit(page, 'Save daily limit');
  await until(async () => (await call(HERE)).status === 200, 'calls without the limit', 10_000);
});

step('View Usage opens the key’s usage', async () => {
  await openKeys();
  await chooseForKey(page, 'Web shop', 'View Usage');
  await page.getByRole('heading', { level: 1, name: 'Web shop' }).waitFor();
  await page.getByRole('heading', { name: 'Total requests' }).waitFor();
  await expectAccessible(page);
});

step('a toast covers no button of the dialog that shows a key', async () => {
  await openKeys();
  await chooseForKey(page, 'Web shop', 'Copy Shared Key');
  const told = toast('Shared Key of “Web shop” copied');
  await told.waitFor();
  await page.keyboard.press('Alt+KeyT'); // Otherwise the toast disappears before the key press.
  await button('Create API Key').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Toast');
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  for (const [width, height] of [
    [1280, 720],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const action of await dialog.getByRole('button').all()) {
      await action.scrollIntoViewIfNeeded();
      const [over, under] = [(await told.boundingBox())!, (await action.boundingBox())!];
      const isApart =
        over.x + over.width <= under.x ||
        under.x + under.width <= over.x ||
        over.y + over.height <= under.y ||
        under.y + under.height <= over.y;
      expect(isApart, `${await action.innerText()} at ${width} px`).toBe(true);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await takeKeys(page);
  await page.reload();
});

step('Pause stops the key immediately, and Undo reactivates it', async () => {
  await openKeys();
  await chooseForKey(page, 'Web shop', 'Pause');
  const dialog = page.getByRole('alertdialog', { name: 'Pause “Web shop”?' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  const told = toast('“Web shop” is paused');
  await told.filter({ hasText: RECEIPT }).waitFor();
  expect(await call(HERE)).toMatchObject({ status: 401, code: 'credential_paused' });
  await rowOf('Web shop').getByText('Inactive').waitFor();
  await told.getByRole('button', { name: 'Undo' }).click();
  await rowOf('Web shop').getByText('Active', { exact: true }).waitFor();
  // A disappearing toast takes the focus back, which closes an open menu.
  await told.waitFor({ state: 'detached' });
  expect((await call(HERE)).status).toBe(200);
});

step('Revoke Key asks for confirmation, names the key and its last use, and is permanent', async () => {
  await chooseForKey(page, 'Web shop', 'Revoke Key');
  const dialog = page.getByRole('alertdialog', { name: 'Revoke “Web shop”?' });
  expect(await dialog.textContent()).toMatch(/in the last 7 days, the last/);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  const menu = button('Actions for Web shop');
  await until(() => menu.evaluate((it) => it === document.activeElement), 'the focus back on the menu');
  expect((await call(HERE)).status).toBe(200);
  await chooseForKey(page, 'Web shop', 'Revoke Key');
  await dialog.getByRole('button', { name: 'Revoke Key' }).click();
  await toast('“Web shop” is revoked').filter({ hasText: RECEIPT }).waitFor();
  expect(await call(HERE), 'the next call').toMatchObject({ status: 401, code: 'credential_revoked' });
  await rowOf('Web shop').getByText('Revoked', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Actions for Web shop' }).click();
  await page.getByRole('menuitem', { name: 'View Usage' }).waitFor();
  for (const gone of ['Revoke Key', 'Pause', 'Edit', 'Rotate'])
    expect(await page.getByRole('menuitem', { name: gone, exact: true }).count(), gone).toBe(0);
  await page.keyboard.press('Escape');
});

step('no browser errors, and no secret in any log', async () => {
  expect(errors).toEqual([]);
  expect(demo.output()).not.toContain(keys.secretKey.split('_').at(-1)!);
});
