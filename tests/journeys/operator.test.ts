import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';
import { submit } from '#tests/support/submit.ts';

/** The operator defines a plan and assigns it to a team, the next request uses it, and a job is run by hand. */

const step = steps();
const RECEIPT = /In force on (\d+) of \1 gateways after/;
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
  await toast('Trial is there; put teams on it').waitFor();
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
  await toast('Harbour Labs is on Trial').filter({ hasText: RECEIPT }).waitFor();
  const answers = [];
  for (let i = 0; i < 5; i++) answers.push(await call());
  const refused = answers.at(-1)!;
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited' });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(3);
});

step('custom limits override the plan', async () => {
  const agreed = page.locator('form').filter({ has: button('Save limits') });
  const save = async (label: string, value: string) => {
    await agreed.getByLabel(label, { exact: true }).fill(value);
    await submit(page, 'Save limits');
  };
  await save('Burst requests', '500');
  await agreed.getByText('Set both burst fields, or leave both empty.').waitFor();
  await save('Burst window', '1');
  await until(async () => (await call()).status === 200, 'a call within the agreed burst', 10_000);
  await save('Daily quota', '1');
  expect(await call()).toMatchObject({ status: 429, code: 'quota_exceeded' });
  await page.reload();
  await page.getByText('Agreed', { exact: true }).first().waitFor();
  await expectAccessible(page);
  await save('Daily quota', '');
  await until(async () => (await call()).status === 200, 'a call within the quota of the plan', 10_000);
});

step('a plan with teams can’t be deleted; an unused one can, after confirmation', async () => {
  await tab('Plans').click();
  await button('Actions for Trial').click();
  const item = page.getByRole('menuitem', { name: 'Delete (teams are on it)' });
  expect(await item.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await tab('Teams').click();
  await page.getByRole('link', { name: 'Harbour Labs', exact: true }).click();
  await page.getByLabel('Plan', { exact: true }).selectOption({ index: 0 });
  await button('Save plan').click();
  await toast(/^Harbour Labs is on (?!Trial)/).waitFor();
  await tab('Plans').click();
  await button('Actions for Trial').click();
  await page.getByRole('menuitem', { name: 'Delete', exact: true }).click();
  await expectAccessible(page);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete plan' }).click();
  await toast('Trial is deleted').waitFor();
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
