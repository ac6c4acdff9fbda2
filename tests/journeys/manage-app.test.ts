import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { steps } from '#tests/support/steps.ts';

/** An app in use: edited, connected to other endpoints, archived and restored; and what a member sees of it. */

const step = steps();
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];
let app: string;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.owner);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'manage-app');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });

async function call(path = demo.sampleCall.path): Promise<[number, string | undefined]> {
  const { sharedKey, secretKey } = demo.credential;
  const response = await fetch(`${demo.gatewayUrl}${path}`, {
    headers: { 'X-Shared-Key': sharedKey, 'X-Secret-Key': secretKey },
  });
  const body = (await response.json()) as { code?: string };
  return [response.status, body.code];
}

step('the command palette finds the app', async () => {
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.type('Harbour');
  await page
    .getByRole('option', { name: /Harbour app/ })
    .first()
    .click();
  await page.waitForURL('**/apps/app_*');
  app = page.url();
});

step('title and description are edited, with errors beside the field', async () => {
  await button('Edit').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Title', { exact: true }).fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.locator('[aria-invalid="true"]').waitFor();
  await expectAccessible(page);
  await dialog.getByLabel('Title', { exact: true }).fill('Harbour & Sons <b>');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { level: 1, name: 'Harbour & Sons <b>' }).waitFor();
});

step('all columns of its keys are visible on a small desktop and on a phone', async () => {
  await page.goto(`${app}/keys`);
  const table = page.getByRole('region', { name: 'API Credentials' });
  await table.waitFor();
  for (const width of [390, 1280, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await table.evaluate((frame) => frame.scrollWidth - frame.clientWidth), `${width} px`).toBe(0);
  }
  await expectAccessible(page);
});

step('a disconnected endpoint is rejected immediately', async () => {
  expect(await call()).toEqual([200, undefined]);
  await page.getByRole('link', { name: 'Connected APIs', exact: true }).click();
  await page
    .getByRole('link', { name: /Change/ })
    .first()
    .click();
  await page.getByLabel('Search endpoints').fill('/cities/{city}/current');
  await page
    .getByRole('checkbox', { name: /current/ })
    .first()
    .uncheck();
  await expectAccessible(page);
  await button('Save').click();
  await page.getByText(/0 connected, 1 disconnected/).waitFor();
  expect(await call()).toEqual([403, 'endpoint_not_connected']);
  expect((await call('/weather/cities'))[0]).toBe(200);
});

step('archiving an app stops its keys, and undoing it reactivates them', async () => {
  await page.goto(app);
  await button('Archive app').click();
  await expectAccessible(page);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Archive', exact: true }).click();
  await page.getByText('This app is archived').waitFor();
  expect(await call('/weather/cities')).toEqual([401, 'credential_paused']);
  await expectAccessible(page);
  await button('Undo').click();
  await page.getByText('is restored').waitFor();
  await page.getByText('This app is archived').waitFor({ state: 'detached' });
  expect((await call('/weather/cities'))[0]).toBe(200);
});

step('a member sees the app, without actions they can’t take', async () => {
  const other = await openPage(browser, demo.portalUrl);
  await signIn(other.page, demo.member);
  await other.page.goto(app);
  await other.page.getByRole('heading', { name: 'App Information' }).waitFor();
  for (const name of ['Edit', 'Archive app'])
    expect(await other.page.getByRole('button', { name, exact: true }).count()).toBe(0);
  await other.page.goto(`${app}/keys`);
  await other.page.getByRole('heading', { name: 'API Credentials' }).waitFor();
  expect(await other.page.getByText(demo.credential.sharedKey).count()).toBe(0);
  expect(other.errors).toEqual([]);
  await other.close();
});

step('no browser errors', async () => {
  expect(errors).toEqual([]);
});
