import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';
import { submit } from '#tests/support/submit.ts';

/** The operator defines a plan and assigns it to a team, the next request uses it, and a job is run manually. */

const step = steps();
const RECEIPT = /Applied on (\d+) of \1 gateways after/;
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.operator);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'operator');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const toast = (text: string | RegExp) => page.locator('[data-sonner-toast]').filter({ hasText: text });
const tab = (name: string) =>
  page.getByRole('navigation', { name: 'Operator' }).getByRole('link', { name, exact: true });
const rowOf = (table: string, text: string) =>
  page.getByRole('table', { name: table }).getByRole('row').filter({ hasText: text });
const call = () => callGateway(`${demo.gatewayUrl}/weather/cities`, demo.credential.secretKey);

/** Types the team's name into the dialog that shows what will be deleted. */
async function confirmDeletion(retention: string): Promise<void> {
  const dialog = page.getByRole('alertdialog', { name: `Delete requests older than ${retention}?` });
  const confirm = dialog.getByRole('button', { name: 'Lower log retention' });
  await dialog.getByLabel(/^Type/).fill('Harbour Lab');
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type/).fill('Harbour Labs');
  await page.waitForTimeout(600); // The button ignores its first half second.
  await confirm.click();
  await dialog.waitFor({ state: 'detached' });
}

step('Import API: a preview shows what would change, and keeps the form', async () => {
  const document = (paths: object) =>
    JSON.stringify({ openapi: '3.1.0', info: { title: 'Ferries', version: '1' }, paths });
  const source = page.locator('textarea[name="source"]');
  const status = page.locator('form [role="status"]');
  await page.goto('/operator/import');
  await source.fill(document({ '/ferries': { get: {}, trace: {} }, '/ports': { get: {} } }));
  await page.locator('input[name="upstream"]').fill('http://127.0.0.1:9');
  await button('Preview').click();
  await status.getByText('Adds Ferries as /ferries').waitFor();
  await status.getByText('Added: 2').waitFor();
  await status.getByText('Left out (TRACE isn’t routed): 1').waitFor();
  expect(
    await page.request.get(`${demo.portalUrl}/operator/apis/ferries`).then((response) => response.status()),
  ).toBe(404);
  await keepPicture(page, 'import-preview');
  await button('Import API').click();
  await status.getByText('Imported Ferries').waitFor();

  await page.goto('/operator/import');
  await source.fill(document({ '/ferries': { get: {} } }));
  await page.locator('input[name="upstream"]').fill('http://127.0.0.1:9');
  await button('Preview').click();
  await status.getByText('Updates Ferries as /ferries').waitFor();
  await status.getByText('Removed: 1').waitFor();
  expect(await source.inputValue()).toContain('/ferries');
});

step('Plans: a new plan, with validation', async () => {
  await page.goto('/operator');
  await tab('Plans').click();
  await page.getByRole('heading', { level: 1, name: 'Plans' }).waitFor();
  await expectAccessible(page);
  await button('New plan').click();
  const dialog = page.getByRole('dialog', { name: 'New plan' });
  const fill = (label: string | RegExp, value: string) =>
    dialog.getByLabel(label, { exact: true }).fill(value);
  await fill('Name', 'Trial');
  await fill('Daily quota', '0.5');
  await fill('Log retention', '7');
  await fill('Burst requests', '3');
  await fill('Burst window', '60');
  await fill(/^Members/, '10');
  await dialog.getByRole('button', { name: 'Create plan' }).click();
  await dialog.locator('[aria-invalid="true"]').first().waitFor();
  expect(await dialog.getByLabel('Daily quota', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  await expectAccessible(page);
  await fill('Daily quota', '5000');
  await dialog.getByRole('button', { name: 'Create plan' }).click();
  await toast('Plan created').waitFor();
  const row = rowOf('Plans', 'Trial');
  for (const text of ['5,000', '3 in 60 s', '7 days', 'No limit'])
    await row.getByText(text).first().waitFor();
});

step('the plan is assigned to a team, and the next requests use its burst limit', async () => {
  expect((await call()).status).toBe(200);
  await tab('Teams').click();
  await page.getByRole('link', { name: 'Harbour Labs', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Harbour Labs' }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Plan', { exact: true }).selectOption({ label: 'Trial' });
  await button('Save plan').click();
  // The plan's log retention is shorter, so requests will be deleted.
  await confirmDeletion('7 days');
  await toast('Harbour Labs is on Trial').filter({ hasText: RECEIPT }).waitFor();
  const responses = [];
  for (let i = 0; i < 5; i++) responses.push(await call());
  const refused = responses.at(-1)!;
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(responses.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
});

step('custom limits override the plan', async () => {
  const limits = page.locator('form').filter({ has: button('Save limits') });
  const save = async (label: string, value: string) => {
    await limits.getByLabel(label, { exact: true }).fill(value);
    await submit(page, 'Save limits');
  };
  await save('Burst requests', '500');
  await limits.getByText('Set both burst fields, or leave both empty.').waitFor();
  await save('Burst window', '1');
  await until(async () => (await call()).status === 200, 'a request within the custom burst limit', 10_000);
  await save('Daily quota', '1');
  expect(await call()).toMatchObject({ status: 429, code: 'quota_exceeded' });
  await page.reload();
  await page.getByText('Custom', { exact: true }).first().waitFor();
  await expectAccessible(page);
  await save('Daily quota', '');
  await until(async () => (await call()).status === 200, 'a request within the quota of the plan', 10_000);
});

step('a plan with teams can’t be deleted', async () => {
  await tab('Plans').click();
  await button('Actions for Trial').click();
  const item = page.getByRole('menuitem', { name: 'Delete (in use)' });
  expect(await item.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await tab('Teams').click();
  await page.getByRole('link', { name: 'Harbour Labs', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Harbour Labs' }).waitFor();
});

step('lowering log retention shows what it deletes, and is confirmed by name', async () => {
  await page.getByLabel('Plan', { exact: true }).selectOption({ index: 0 });
  await button('Save plan').click();
  await toast(/^Harbour Labs is on (?!Trial)/).waitFor();
  // Back on the default plan, the retention is as before: there is nothing to undo.
  await page.reload();
  expect(await button('Undo (log retention for Harbour Labs)').count()).toBe(0);

  const retention = page.getByLabel('Log retention', { exact: true });
  await retention.fill('7');
  await button('Save limits').click();
  const dialog = page.getByRole('alertdialog', { name: 'Delete requests older than 7 days?' });
  await dialog.waitFor();
  await expectAccessible(page);
  const [, requests = ''] = /([\d,]+) requests will be deleted/.exec((await dialog.textContent())!) ?? [];
  expect(Number(requests.replaceAll(',', ''))).toBeGreaterThan(100);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await retention.inputValue()).toBe('7');
  await page.reload();
  expect(await page.getByLabel('Log retention', { exact: true }).inputValue()).toBe('');

  await page.getByLabel('Log retention', { exact: true }).fill('7');
  await button('Save limits').click();
  await confirmDeletion('7 days');
  await toast('Limits for Harbour Labs saved').filter({ hasText: RECEIPT }).waitFor();
  await page.getByText('Log retention for Harbour Labs goes from 90 days to 7 days').waitFor();
  await page.getByText(`${requests} requests will be deleted after`).waitFor();
  await expectAccessible(page);
});

step('nothing is deleted for a day, and Undo restores the retention', async () => {
  const owner = await openPage(browser, demo.portalUrl);
  await signIn(owner.page, demo.owner);
  const oldest = async () => {
    await owner.page.goto(
      `/t/${demo.team.slug}/logs?to=${new Date(Date.now() - 20 * 86_400_000).toISOString().slice(0, 10)}`,
    );
    return owner.page.getByRole('table', { name: 'Request Logs' }).locator('tbody tr').count();
  };
  const before = await oldest();
  expect(before).toBeGreaterThan(0);
  await tab('Jobs').click();
  await button('Run now (Log retention)').click();
  const row = rowOf('Jobs', 'Log retention');
  await until(
    async () => {
      await page.reload();
      return /Done[\s\S]*Started by Olga Operator/.test((await row.textContent()) ?? '');
    },
    'the run',
    60_000,
  );
  expect(await oldest()).toBe(before);
  await owner.close();

  await tab('Teams').click();
  await page.getByRole('link', { name: 'Harbour Labs', exact: true }).click();
  await button('Undo (log retention for Harbour Labs)').click();
  await toast('Log retention for Harbour Labs restored').waitFor();
  await page.reload();
  expect(await button('Undo (log retention for Harbour Labs)').count()).toBe(0);
  expect(await page.getByLabel('Log retention', { exact: true }).inputValue()).toBe('');

  await page.goto('/outbox');
  const mails = (await page.locator('main').textContent())!;
  expect(mails).toContain('Log retention for Harbour Labs is 90 days again');
  expect(mails).toMatch(/[\d,]+ requests of Harbour Labs will be deleted: log retention is now 7 days/);
  await page.goto('/operator');
});

step('an unused plan can be deleted, after confirmation', async () => {
  await tab('Plans').click();
  await button('Actions for Trial').click();
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
  await expectAccessible(page);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete plan' }).click();
  await toast('Trial deleted').waitFor();
  await rowOf('Plans', 'Trial').waitFor({ state: 'detached' });
});

step('Jobs: last runs, and Run now', async () => {
  await tab('Jobs').click();
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  await expectAccessible(page);
  await button('Run now (Reconcile usage)').click();
  await toast('“Reconcile usage” will start within seconds').waitFor();
  const row = rowOf('Jobs', 'Reconcile usage');
  await until(
    async () => {
      await page.reload();
      return /Done[\s\S]*Started by Olga Operator/.test((await row.textContent()) ?? '');
    },
    'the run',
    60_000,
  );
  await expectAccessible(page);
});

step('no browser errors', async () => {
  expect(errors).toEqual([]);
});
