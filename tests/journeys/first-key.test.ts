import { execFile } from 'node:child_process';
import { eq } from 'drizzle-orm';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { connect } from '#db/client.ts';
import { embeddedUrl } from '#db/embedded.ts';
import { teams } from '#db/schema/teams.ts';
import { expectAccessible, keepPicture, launch, openPage } from '#tests/support/browser.ts';
import { type Demo, startFirstDemo } from '#tests/support/demo.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** From sign-up to a request through the gateway, by the labels in the guides. */

const step = steps();
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  demo = await startFirstDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
});

afterAll(async () => {
  if (page) await keepPicture(page, 'first-key');
  await browser?.close();
  await demo?.stop();
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const field = (label: string) => page.getByLabel(label, { exact: true });
const person = {
  name: 'Grace Newcomer',
  email: 'grace@partner.example',
  password: 'seven red bicycles at dusk',
};
let keys: { sharedKey: string; secretKey: string };
let curl: string;

/** Status and body of the printed curl command, run by a shell. */
async function callOnce(): Promise<{ status: number; id: string; code: string | null }> {
  const text = await new Promise<string>((resolve, reject) => {
    execFile('bash', ['-c', `${curl} --silent --include`], (error, stdout) =>
      error && !stdout ? reject(error) : resolve(stdout),
    );
  });
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]),
    id: /x-request-id: (\S+)/i.exec(text)?.[1] ?? '',
    code: /"code":"(\w+)"/.exec(text)?.[1] ?? null,
  };
}

step('sign up, with a hint about a weak password', async () => {
  await page.goto('/sign-up');
  await expectAccessible(page);
  await field('Name').fill(person.name);
  await field('Email').fill(person.email);
  await field('Password').fill('password12345678');
  await button('Create account').click();
  await page
    .getByText(/(common|leaked) passwords/)
    .first()
    .waitFor();
  await field('Password').fill(person.password);
  await button('Create account').click();
  await page.waitForURL('**/check-mail**');
  await expectAccessible(page);
});

step('verify the address with the link in the email', async () => {
  await until(async () => {
    await page.goto('/outbox');
    return (await page.getByText(person.email).count()) > 0;
  }, 'the mail');
  await expectAccessible(page);
  const link = page.locator('a[href*="/verify-email/"]').first();
  await page.goto((await link.getAttribute('href'))!);
  await expectAccessible(page);
  await button('Verify email').click();
  await page.waitForURL((url) => !url.pathname.startsWith('/verify-email'));
  if (page.url().includes('/sign-in')) {
    await field('Email').fill(person.email);
    await field('Password').fill(person.password);
    await button('Sign in').click();
  }
  await page.waitForURL('**/welcome**');
});

step('create the first team', async () => {
  await page.getByText('Create Your Team').first().waitFor();
  await expectAccessible(page);
  await button('Create Team').click();
  await field('Team name').fill('Newcomer Logistics');
  await page.getByLabel(/^Description/).fill('Ships things.');
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Create Team' }).click();
  await page.waitForURL('**/t/newcomer-logistics');
  await expectAccessible(page);
});

step('1.1 create an application and its first key pair', async () => {
  await page.getByRole('link', { name: 'Apps', exact: true }).first().click();
  await page.waitForURL('**/apps');
  await expectAccessible(page);
  await page.getByRole('link', { name: 'New App', exact: true }).first().click();
  await field('Title').waitFor();
  await button('Next').click();
  await page.getByText(/title/i).and(page.locator('[role=alert], .text-danger')).first().waitFor();
  await field('Title').fill('Route planner');
  await field('Description').fill('Plans routes around the weather.');
  await expectAccessible(page);
  await button('Next').click();
  await page.getByText('0 selected').or(page.getByText('Search endpoints')).first().waitFor();
  await button('Connect and Generate Keys').click();
  await page.locator('[role=alert]:focus', { hasText: 'Select at least one endpoint.' }).waitFor();
  await page.getByLabel('Search endpoints').fill('current');
  const endpoint = page.getByRole('checkbox', { name: /current/i }).first();
  await endpoint.check();
  await expectAccessible(page);
  await page.goBack();
  await field('Title').waitFor();
  expect(await field('Title').inputValue()).toBe('Route planner');
  expect(await field('Description').inputValue()).toBe('Plans routes around the weather.');
  await page.goForward();
  await endpoint.waitFor();
  expect(await endpoint.isChecked()).toBe(true);
  await button('Connect and Generate Keys').click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  await page.getByText('Immediately copy and securely store your keys.').waitFor();
  await expectAccessible(page);
  keys = {
    sharedKey: await field('Shared Key').inputValue(),
    secretKey: await field('Secret Key').inputValue(),
  };
  expect(keys.sharedKey).toMatch(/^lk_pk_prod_/);
  expect(keys.secretKey).toMatch(/^lk_sk_prod_/);
});

step('the copy buttons copy, and the snippet is ready to paste', async () => {
  await page.getByRole('button', { name: /Copy Secret Key/ }).click();
  await page.getByText('Copied').first().waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(keys.secretKey);
  await page.getByRole('tab', { name: 'curl' }).click();
  curl = (await page.getByRole('tabpanel').locator('pre').textContent())!;
  expect(curl).toContain(demo.gatewayUrl);
  await expectAccessible(page);
});

step('the printed curl gets a 200, and the request is in the log within two seconds', async () => {
  const response = await callOnce();
  const answeredAt = performance.now();
  expect(response).toMatchObject({ status: 200, code: null });
  await page.getByLabel('I have stored my keys').check();
  await button('Done').click();
  await page.waitForURL('**/keys');
  await page
    .getByRole('tab', { name: 'Logs' })
    .or(page.getByRole('link', { name: 'Logs', exact: true }))
    .first()
    .click();
  await page.waitForURL('**/logs**');
  await until(
    async () => {
      await page.reload();
      return (await page.getByRole('row').filter({ hasText: '/current' }).count()) > 0;
    },
    'the request in the log',
    10_000,
  );
  expect(performance.now() - answeredAt, 'ms until the call is seen').toBeLessThan(6_000);
  const row = page.getByRole('row').filter({ hasText: '/current' }).first();
  expect(await row.textContent()).toMatch(/200[\s\S]*ms/);
  await expectAccessible(page);
  await row.getByRole('link').first().click();
  await page.getByText(response.id).first().waitFor();
  await expectAccessible(page);
});

step('1.2 and 1.3 the app is in the grid, with all of its details', async () => {
  await page.getByRole('link', { name: 'Apps', exact: true }).first().click();
  await page.getByText('Plans routes around the weather.').waitFor();
  await page
    .getByRole('link', { name: /Route planner/ })
    .first()
    .click();
  await page.getByRole('heading', { name: 'App Information' }).waitFor();
  for (const word of ['Title', 'Description', 'App ID'])
    await page.getByText(word, { exact: true }).first().waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Connected APIs', exact: true }).click();
  await page
    .getByText(/current/)
    .first()
    .waitFor();
  await expectAccessible(page);
});

step('2.3 the credentials table has all columns, and never the secret again', async () => {
  await page.getByRole('link', { name: 'Access Keys', exact: true }).click();
  const table = page.getByRole('table', { name: 'API Credentials' });
  await table.waitFor();
  for (const column of ['Status', 'Shared Key', 'Secret Key', 'Creation Date', 'Credential ID', 'Last used'])
    await table.getByRole('columnheader', { name: column, exact: true }).waitFor();
  expect(await table.textContent()).toContain(keys.sharedKey);
  await expectAccessible(page);
  const secret = keys.secretKey.split('_').at(-1)!;
  for (const path of ['', '/keys', '/connected', '/usage', '/logs']) {
    const base = page.url().replace(/(\/apps\/[^/]+).*/, '$1');
    for (const headers of [{}, { RSC: '1' }]) {
      const response = await page.request.get(`${base}${path}`, { headers });
      expect(await response.text(), `${path} ${JSON.stringify(headers)}`).not.toContain(secret);
    }
  }
});

step('2.2 another key, for another environment', async () => {
  await button('Generate Key').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Laptop');
  await dialog.getByLabel('Environment').selectOption('development');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Generate API Key' }).click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  expect(await field('Secret Key').inputValue()).toMatch(/^lk_sk_dev_/);
  await page.getByLabel('I have stored my keys').check();
  await button('Done').click();
  await page.getByRole('row').filter({ hasText: 'Laptop' }).waitFor();
});

step('2.2 pausing stops a key immediately and can be undone; revoking is permanent', async () => {
  const row = () => page.getByRole('row').filter({ hasText: keys.sharedKey });
  const dialog = page.getByRole('dialog');
  await row().getByRole('switch').click();
  await dialog.getByRole('heading', { name: 'Revoking the Key' }).waitFor();
  for (const name of ['Pause', 'Revoke permanently', 'Cancel'])
    await dialog.getByRole('button', { name, exact: true }).waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await row().locator('[role="switch"]:focus').waitFor();
  await page.keyboard.press('Space');
  await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
  await row().getByText('Inactive').waitFor();
  expect(await callOnce()).toMatchObject({ status: 401, code: 'credential_paused' });

  await row().getByRole('switch').click();
  await dialog.getByRole('button', { name: 'Activate', exact: true }).click();
  await row().getByText('Active', { exact: true }).waitFor();
  expect(await callOnce()).toMatchObject({ status: 200 });

  await row().getByRole('switch').click();
  await dialog.getByRole('button', { name: 'Revoke permanently', exact: true }).click();
  const confirming = page.getByRole('alertdialog', { name: 'Revoking the Key' });
  await confirming.getByText('Once a key is revoked, it cannot be retrieved.').waitFor();
  await confirming.getByRole('button', { name: 'Yes, revoke permanently' }).click();
  await row().getByText('Revoked', { exact: true }).waitFor();
  expect(await callOnce(), 'the next call').toMatchObject({ status: 401, code: 'credential_revoked' });
  await page
    .getByText(/Rejected on \d+ of \d+ gateways/)
    .first()
    .waitFor();
  expect(await row().getByRole('switch').isDisabled()).toBe(true);
});

step('the last app that the plan allows shows its keys too', async () => {
  const { db, sql } = connect(embeddedUrl(demo.folder)!, { max: 1 });
  await db.update(teams).set({ applicationsMax: 2 }).where(eq(teams.slug, 'newcomer-logistics'));
  await sql.end();
  await page.getByRole('link', { name: 'Apps', exact: true }).first().click();
  await page.waitForURL('**/apps');
  await page.getByRole('link', { name: 'New App', exact: true }).first().click();
  await field('Title').fill('Fleet board');
  await button('Next').click();
  await page
    .getByRole('checkbox', { name: /current/i })
    .first()
    .check();
  await button('Connect and Generate Keys').click();
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  // By then the page has been reloaded and shows that the limit is reached.
  await expectAccessible(page);
  expect(await field('Shared Key').inputValue()).toMatch(/^lk_pk_prod_/);
  expect(await field('Secret Key').inputValue()).toMatch(/^lk_sk_prod_/);
  await page.getByLabel('I have stored my keys').check();
  await button('Done').click();
  await page.waitForURL('**/keys');
  await page.goto('/t/newcomer-logistics/apps/new');
  await page.getByText('2 of 2 apps').waitFor();
  await expectAccessible(page);
});

step('no browser errors, and no secret in any log', async () => {
  expect(errors).toEqual([]);
  expect(demo.output()).not.toContain(keys.secretKey.split('_').at(-1)!);
});
