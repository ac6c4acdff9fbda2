import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** From the documentation's "Try it" to a response through the real gateway, without a secret in the browser. */

const step = steps();
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];
/** Everything the portal sends to the browser from here on. */
const received: Promise<string>[] = [];

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.owner);
  page.on('response', (response) => {
    if (/text|json|component/.test(response.headers()['content-type'] ?? ''))
      received.push(response.text().catch(() => ''));
  });
});

afterAll(async () => {
  if (page) await keepPicture(page, 'tester');
  await browser?.close();
  await demo?.stop();
});

const field = (label: string | RegExp) => page.getByLabel(label, { exact: true });
const response = () =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: 'Response' }) });
const status = (code: number) => response().getByText(String(code), { exact: true }).first();
const credential = () => field('Credential').locator('option:checked');
const send = () => page.getByRole('button', { name: 'Send request', exact: true }).click();

async function chooseFirstOf(environment: string) {
  const option = field('Credential').locator(`optgroup[label="${environment}"] option`).first();
  const keyId = (await option.getAttribute('value'))!;
  await field('Credential').selectOption(keyId);
  await page.waitForURL(`**credential=${keyId}**`);
}

async function chooseEndpoint(search: string, name: RegExp): Promise<void> {
  await page.getByRole('button', { name: /^Endpoint/ }).click();
  await page.getByPlaceholder('Search by path, method, summary or operation ID').fill(search);
  await page.getByRole('option', { name }).first().click();
}

step('API Documentation is searchable, and Try it opens the tester', async () => {
  await page.getByRole('link', { name: 'API Documentation', exact: true }).first().click();
  await page.getByRole('link', { name: 'Weather API' }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Weather API' }).waitFor();
  await expectAccessible(page);
  await page.getByLabel('Search operations').fill('current');
  await page.getByText('List cities').waitFor({ state: 'detached' });
  await page.getByRole('link', { name: '/cities/{city}/current' }).click();
  await page.getByRole('heading', { level: 1, name: 'Current weather' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Try it' }).click();
  await page.getByRole('heading', { level: 1, name: 'API Tester' }).waitFor();
  await page.getByRole('button', { name: /^Endpoint.*\/weather\/cities\/\{city\}\/current/ }).waitFor();
});

step(
  'the form has the document’s parameters and examples, and selects an app’s key that isn’t for Production',
  async () => {
    const chosen = await credential().textContent();
    expect(chosen).toMatch(/ · (Development|Staging) · /);
    expect(chosen).toMatch(/ · (Harbour app|Tide tables|Logbook)$/);
    expect(await field('city').inputValue()).toBe('lisbon');
    const units = field(/^units/).locator('option');
    expect(await units.allTextContents()).toEqual(['Not sent', 'metric', 'imperial']);
    await expectAccessible(page);
    await field('city').fill('');
    await send();
    await page.locator('[aria-invalid="true"]').waitFor();
    expect(await field('city').getAttribute('aria-invalid')).toBe('true');
  },
);

step('Send request shows the response: status, time, headers, body, curl and limits', async () => {
  await field('city').fill('porto');
  await field(/^units/).selectOption('imperial');
  await send();
  await status(200).waitFor();
  await response().getByText('"city": "porto"').waitFor();
  await response()
    .getByText(/\d+(?:\.\d+)? ms/)
    .first()
    .waitFor();
  await response().getByRole('region', { name: 'Limits' }).waitFor();
  await response().getByRole('tab', { name: 'Headers' }).click();
  await response().getByText('Content-Type', { exact: true }).waitFor();
  await response().getByRole('tab', { name: 'curl' }).click();
  const curl = await response().getByRole('tabpanel').locator('pre').textContent();
  expect(curl).toContain('YOUR_SECRET_KEY');
  expect(curl).toContain(`${demo.gatewayUrl}/weather/cities/porto/current?units=imperial`);
  await expectAccessible(page);
});

step('the request is in the log, marked as sent by the tester', async () => {
  const link = response().getByRole('link', { name: /^[0-9a-f-]{36}$/ });
  const id = (await link.textContent())!;
  const address = page.url();
  await until(
    async () => {
      const answer = await page.goto(`/t/${demo.team.slug}/logs/${id}`);
      return answer?.status() === 200;
    },
    'the request in the log',
    15_000,
  );
  await page
    .getByText(/tester/i)
    .and(page.locator('main *'))
    .first()
    .waitFor();
  await expectAccessible(page);
  await page.goto(address);
});

step('a failed endpoint search says so and can be repeated', async () => {
  await page.context().setOffline(true);
  await page.getByRole('button', { name: /^Endpoint/ }).click();
  const search = page.getByRole('dialog', { name: 'Choose an endpoint' });
  await search.getByText('Search isn’t available right now.').waitFor();
  await page.context().setOffline(false);
  await search.getByRole('button', { name: 'Try again', exact: true }).click();
  await search.getByRole('option').first().waitFor();
  await page.keyboard.press('Escape');
});

step('a body with its example, validated as you type', async () => {
  await chooseFirstOf('Development');
  await chooseEndpoint('observation', /\/weather\/observations/);
  const body = field(/^Request body/);
  await page.waitForURL('**endpoint=**');
  await body.waitFor();
  expect(JSON.parse(await body.inputValue())).toMatchObject({ city: 'lisbon' });
  await body.fill('{ "city": ');
  await page.locator('[aria-invalid="true"]').waitFor();
  await page.getByRole('button', { name: 'Use example' }).click();
  await send();
  await status(201).waitFor();
  await response().getByText('"accepted": true').waitFor();
});

step('a rejection by the gateway is explained', async () => {
  await chooseEndpoint('response with a given status', /\/weather\/fail/);
  await field('status').fill('503');
  await send();
  await status(503).waitFor();
  await expectAccessible(page);
});

step('a Production key asks for confirmation once', async () => {
  await chooseFirstOf('Production');
  await chooseEndpoint('List cities', /\/weather\/cities/);
  await page.getByText(/^With the Production key/).waitFor();
  await send();
  const dialog = page.getByRole('alertdialog', { name: /^Send with the Production key/ });
  await expectAccessible(page);
  const confirm = dialog.getByRole('button', { name: 'Send with Production' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/production/).fill('production');
  await confirm.click();
  await status(200).waitFor();
  const answered = page.waitForResponse((one) => one.url().endsWith('/tester/send'));
  await send();
  expect((await answered).status(), 'asked only once').toBe(200);
  await status(200).waitFor();
});

step('recent requests can be sent again', async () => {
  const table = page.getByRole('table', { name: 'Your recent requests' });
  await table.getByText('/weather/observations').first().waitFor();
  await page
    .getByRole('button', { name: /^Send again: GET \/weather\/cities\/\{city\}\/current/ })
    .first()
    .click();
  await response().getByText('"city": "porto"').waitFor();
  expect(await field('city').inputValue()).toBe('porto');
  await expectAccessible(page);
});

step('no secret reached the browser, and no browser errors', async () => {
  const texts = await Promise.all(received);
  expect(texts.length).toBeGreaterThan(20);
  const secrets = [demo.credential, demo.memberCredential].map(
    ({ secretKey }) => secretKey.split('_').at(-1)!,
  );
  for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
  expect(errors.filter((error) => !/503|ERR_INTERNET_DISCONNECTED/.test(error))).toEqual([]);
});
