import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { chooseForKey, takeKeys } from '#tests/support/key-pages.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** "Rotate keys periodically", and the guides' five steps of a security incident response, with callers that move. */

const step = steps();
const BILLING = 'billing/1.0';
const REPORTS = 'reports/2.0';
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];
let first: string;
let second: string;
let third: string;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.owner);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'rotation-and-incident');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const rowOf = (table: string, text: string) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
const toast = (text: string | RegExp) => page.locator('[data-sonner-toast]').filter({ hasText: text });
const RECEIPT = /Rejected on (\d+) of \1 gateways after/;
const call = (secretKey: string, agent: string) =>
  callGateway(`${demo.gatewayUrl}/weather/cities`, secretKey, { 'User-Agent': agent });

async function openKeys(): Promise<void> {
  await page.getByRole('link', { name: 'API Keys', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'API Keys' }).waitFor();
}

/** Reloads until a table row shows the text. Gateways report callers about once a second. */
const untilRow = (table: string, row: string, says: string) =>
  until(
    async () => {
      await page.reload();
      return (await rowOf(table, row).getByText(says, { exact: true }).count()) > 0;
    },
    `“${says}” in the row of ${row}`,
    20_000,
  );

step('a key used by two programs', async () => {
  await openKeys();
  await button('Create API Key').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Night batch');
  await dialog.getByLabel('Environment', { exact: true }).selectOption({ label: 'Production' });
  await dialog.getByLabel('Application', { exact: true }).selectOption({ label: 'Harbour app' });
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  first = (await takeKeys(page)).secretKey;
  for (const agent of [BILLING, REPORTS]) expect((await call(first, agent)).status).toBe(200);
});

step('Rotate creates a second key, and both work', async () => {
  await chooseForKey(page, 'Night batch', 'Rotate');
  await page.getByText('How long the old key keeps working').waitFor();
  await expectAccessible(page);
  for (const label of ['30 days after the new key’s first use', '7 days', '24 hours', '1 hour', 'No overlap'])
    await page.getByRole('radio', { name: label, exact: true }).waitFor();
  await page.getByRole('radio', { name: '7 days', exact: true }).check();
  await page.getByLabel(/^Name of the new key/).fill('Night batch, autumn');
  await button('Rotate').click();
  await page.getByText(/“Night batch” keeps working until/).waitFor();
  second = (await takeKeys(page)).secretKey;
  expect(second).not.toBe(first);
  for (const secret of [first, second]) expect((await call(secret, BILLING)).status).toBe(200);
});

step('the page shows which callers use the new key', async () => {
  await untilRow('Callers of the old key', BILLING, 'Moved');
  await rowOf('Callers of the old key', REPORTS).getByText('Not seen').waitFor();
  await page
    .getByText('In 7 days', { exact: false })
    .or(page.getByText('In 6 days', { exact: false }))
    .waitFor();
  await expectAccessible(page);
  await openKeys();
  await rowOf('API Keys', 'Expires').filter({ hasText: 'Night batch' }).getByText('Retiring').waitFor();
});

step('Extend gives callers more time', async () => {
  await page.getByRole('link', { name: 'Night batch', exact: true }).click();
  await page.getByText('This key is being replaced').waitFor();
  await page.getByRole('navigation', { name: 'Key' }).getByRole('link', { name: 'Rotation' }).click();
  await button('Extend').click();
  const dialog = page.getByRole('dialog', { name: 'Extend “Night batch”' });
  await expectAccessible(page);
  await dialog.getByRole('radio', { name: '30 days from now' }).check();
  await dialog.getByRole('button', { name: 'Extend', exact: true }).click();
  await toast('“Night batch” extended').waitFor();
  await page.getByText(/^In (?:29|30) days/).waitFor();
});

step('End now lists callers that still use the old key, and stops it immediately', async () => {
  await button('End now').click();
  const dialog = page.getByRole('alertdialog', { name: 'End “Night batch” now?' });
  await dialog.getByText('1 caller hasn’t used the new key yet').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'End now' }).click();
  await toast('“Night batch” is revoked').filter({ hasText: RECEIPT }).waitFor();
  expect(await call(first, REPORTS)).toMatchObject({ status: 401, code: 'credential_revoked' });
  expect((await call(second, REPORTS)).status).toBe(200);
});

step('Key compromised? lists what will happen', async () => {
  await openKeys();
  await chooseForKey(page, 'Night batch, autumn', 'Key compromised?');
  await page.getByRole('heading', { level: 1, name: 'Key compromised?' }).waitFor();
  await page.getByRole('region', { name: 'The key' }).getByText('Night batch, autumn').waitFor();
  await expectAccessible(page);
  await page.getByLabel(/^What do you know\?/).fill('It stood in a public repository for an hour.');
  await page.getByLabel(/^Name of the new key/).fill('Night batch, after the leak');
});

step('1 and 2: the key is revoked, and its replacement has a new name', async () => {
  await button('Revoke the key and open the incident').click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  expect(await call(second, BILLING)).toMatchObject({ status: 401, code: 'credential_revoked' });
  await page.getByRole('dialog').getByText(RECEIPT).waitFor();
  third = (await takeKeys(page)).secretKey;
  await page.getByRole('heading', { level: 1, name: /^Incident: Night batch, autumn/ }).waitFor();
  for (const title of [
    'Revoke the key',
    'Generate a new key',
    'Update applications',
    'Monitor usage',
    'Report',
  ])
    await page.getByRole('heading', { level: 2, name: title, exact: true }).waitFor();
  for (const title of ['Revoke the key', 'Generate a new key'])
    await stepCard(title).getByText('Done', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Night batch, after the leak' }).waitFor();
  await expectAccessible(page);
});

const stepCard = (title: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) });

step('3: each application is checked off once it uses the new key', async () => {
  const table = 'Applications to update';
  await rowOf(table, BILLING).getByText('Not seen').waitFor();
  expect((await call(third, BILLING)).status).toBe(200);
  await untilRow(table, BILLING, 'Moved');
  await rowOf(table, REPORTS).getByText('Not seen').waitFor();
  await stepCard('Update applications').getByText('To do').waitFor();
  expect((await call(third, REPORTS)).status).toBe(200);
  await untilRow(table, REPORTS, 'Moved');
  await stepCard('Update applications').getByText('Done', { exact: true }).waitFor();
});

step('4: callers that still use the revoked key are listed', async () => {
  expect((await call(second, 'stranger/9')).status).toBe(401);
  await until(
    async () => {
      await page.reload();
      const text = await page
        .getByRole('table', { name: 'IP addresses that still use the revoked key' })
        .textContent({ timeout: 1_000 });
      return text!.includes('stranger/9');
    },
    'the unknown caller',
    20_000,
  );
  await stepCard('Monitor usage').getByText('Monitoring').waitFor();
  await expectAccessible(page);
});

step('5: the report has all details and no secret', async () => {
  for (const [name, known] of [
    ['Download report', '# '],
    ['Download as JSON', '{'],
  ] as const) {
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name, exact: true }).click();
    const text = readFileSync(await (await waiting).path(), 'utf8');
    expect(text.startsWith(known), name).toBe(true);
    for (const word of ['Night batch, autumn', 'public repository', BILLING]) expect(text).toContain(word);
    for (const secret of [first, second, third]) expect(text).not.toContain(secret.split('_').at(-1)!);
  }
  await button('Mark as reported').click();
  await stepCard('Report').getByText('Done', { exact: true }).waitFor();
  await page.getByLabel('Note', { exact: true }).fill('The provider answered.');
  await button('Add note').click();
  await page.getByText('The provider answered.').first().waitFor();
});

step('the incident is closed with a summary and listed in the history', async () => {
  await button('Close incident').click();
  const dialog = page.getByRole('dialog', { name: 'Close the incident about “Night batch, autumn”' });
  await dialog.getByText('Not done yet: Monitor usage.').waitFor();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Close incident' }).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await dialog.getByLabel('Summary', { exact: true }).fill('The file is out of the repository.');
  await dialog.getByRole('button', { name: 'Close incident' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1 }).getByText('Closed', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Incidents', exact: true }).first().click();
  await rowOf('Incidents', 'Night batch, autumn').getByText('4 of 5').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Rejected keys', exact: true }).click();
  await rowOf('Rejected keys', 'Night batch, autumn').waitFor();
  await expectAccessible(page);
});

step('owners and admins were notified by email, without a key', async () => {
  await until(async () => {
    await page.goto('/outbox');
    return (await page.getByText(/Night batch, autumn/).count()) > 0;
  }, 'the mail');
  const mails = (await page.locator('main').textContent())!;
  for (const person of [demo.owner, demo.admin]) expect(mails).toContain(person.email);
  expect(mails).not.toContain('lk_sk_');
});

step('no browser errors, and no secret in any log', async () => {
  expect(errors).toEqual([]);
  for (const secret of [first, second, third]) expect(demo.output()).not.toContain(secret.split('_').at(-1)!);
});
