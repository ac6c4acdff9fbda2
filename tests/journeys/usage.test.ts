import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { chooseForKey } from '#tests/support/key-pages.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** "Usage analytics" of the guides: View Usage on a key, every metric they name, and the requests behind each bar. */

const step = steps();
let demo: Demo;
let browser: Browser;
let page: Page;
let errors: string[];
let keyName: string;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page, errors } = await openPage(browser, demo.portalUrl));
  await signIn(page, demo.owner);
});

afterAll(async () => {
  if (page) await keepPicture(page, 'usage');
  await browser?.close();
  await demo?.stop();
});

const card = (title: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const range = (label: string) =>
  page.getByRole('navigation', { name: 'Time range' }).getByRole('link', { name: label, exact: true });
/** The chart's text alternative. */
async function total(): Promise<number> {
  const chart = page.getByRole('img', { name: /^Request patterns\./ });
  const said = (await chart.getAttribute('aria-label')) ?? '';
  return Number(/([\d,]+) requests/.exec(said)?.[1]?.replaceAll(',', ''));
}
const call = (path: string) => callGateway(`${demo.gatewayUrl}${path}`, demo.credential.secretKey);

step('View Usage from a key’s row', async () => {
  await page.getByRole('link', { name: 'API Keys', exact: true }).first().click();
  const row = page
    .getByRole('table', { name: 'API Keys' })
    .getByRole('row')
    .filter({ hasText: demo.credential.sharedKey.split('_').at(-1)! });
  keyName = (await row.getByRole('link').first().textContent())!;
  await chooseForKey(page, keyName, 'View Usage');
  await page.getByRole('heading', { level: 1, name: keyName }).waitFor();
  await page.waitForURL('**/usage');
});

step('it has every metric that the guide names', async () => {
  for (const title of [
    'Total requests',
    'Usage limits',
    'Request patterns',
    'Error rates',
    'Status codes',
    'Latency',
  ])
    await page.getByRole('heading', { name: title, exact: true }).waitFor();
  await card('Usage limits').getByText('Daily quota of the team').waitFor();
  await card('Usage limits').getByRole('progressbar', { name: 'Daily quota of the team' }).waitFor();
  for (const name of ['p50', 'p95', 'p99'])
    await card('Latency').getByText(name, { exact: true }).first().waitFor();
  await expectAccessible(page);
  await page.setViewportSize({ width: 390, height: 900 });
  await expectAccessible(page);
  await page.setViewportSize({ width: 1440, height: 900 });
});

step('requests appear within seconds, with their status codes', async () => {
  const before = await total();
  expect((await call('/weather/cities/lima')).status).toBe(200);
  expect((await call('/weather/cities/atlantis')).status).toBe(404);
  await until(
    async () => {
      await page.reload();
      return (await total()) === before + 2;
    },
    'both requests',
    20_000,
  );
  const row = page.getByRole('table', { name: 'Status codes' }).getByRole('row').filter({ hasText: '404' });
  await row.getByRole('link', { name: 'Not Found' }).waitFor();
});

step('the selected range is in the URL', async () => {
  await range('Last hour').click();
  await page.waitForURL('**range=1h**');
  const ofTheHour = await total();
  expect(ofTheHour).toBeGreaterThanOrEqual(2);
  await range('30 days').click();
  await page.waitForURL('**range=30d**');
  await until(async () => (await total()) > ofTheHour, 'the figures of 30 days', 10_000);
  expect(await range('30 days').getAttribute('aria-current')).toBe('true');
  await page.reload();
  expect(await range('30 days').getAttribute('aria-current')).toBe('true');
  await page.getByRole('link', { name: 'Hide comparison' }).click();
  await page.getByRole('link', { name: 'Compare with previous period' }).waitFor();
});

step('Show as table and the CSV match the chart', async () => {
  await card('Request patterns').getByText('Show as table').click();
  const table = page.getByRole('table', { name: 'Request patterns as a table' });
  await table.waitFor();
  await expectAccessible(page);
  const cells = await table.locator('td[data-label="Requests"]').allTextContents();
  const sum = (numbers: string[]) => numbers.reduce((all, text) => all + Number(text.replaceAll(',', '')), 0);
  expect(sum(cells)).toBe(await total());

  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export CSV of requests over time' }).click();
  const [head = '', ...lines] = readFileSync(await (await waiting).path(), 'utf8')
    .trim()
    .split('\r\n');
  const cellsOf = (line: string) => line.split(',').map((cell) => cell.replaceAll('"', ''));
  const column = cellsOf(head).indexOf('Requests');
  expect(column, head).toBeGreaterThan(0);
  expect(sum(lines.map((line) => cellsOf(line)[column]!))).toBe(await total());
});

step('a bar can be reached by keyboard and links to its requests in the log', async () => {
  const bars = page.getByRole('list', { name: 'Request patterns, by time' }).getByRole('link');
  await bars.last().focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowRight');
  const said = (await bars.last().textContent())!;
  const figure = (name: string) =>
    Number(new RegExp(`${name} ([\\d,]+)`).exec(said)?.[1]?.replaceAll(',', ''));
  const calls = figure('Requests') + figure('Rejected');
  expect(calls).toBeGreaterThanOrEqual(2);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Request Logs' }).waitFor();
  await page.getByRole('list', { name: 'Active filters' }).getByText(keyName).waitFor();
  const rows = page.getByRole('table', { name: 'Request Logs' }).locator('tbody tr');
  await rows.filter({ hasText: '/weather/cities/atlantis' }).first().waitFor();
  if (calls < 50) expect(await rows.count()).toBe(calls);
  await expectAccessible(page);
});

step('an invalid client IP is reported beside its field and filters nothing', async () => {
  await page.getByRole('link', { name: 'Request Logs', exact: true }).first().click();
  await page.waitForURL(({ search }) => search === '');
  const form = page.getByRole('form', { name: 'Filter requests' });
  const wrong = form.getByText('Enter an IP address or a CIDR range, such as 192.0.2.0/24.');
  const ip = form.getByLabel('Client IP', { exact: true });
  const apply = async (text: string) => {
    await ip.fill(text);
    await form.getByRole('button', { name: 'Apply filters' }).click();
  };
  await form.getByRole('button', { name: 'More filters' }).click();
  await apply('127.0.0.256');
  await wrong.waitFor();
  expect(await ip.getAttribute('aria-invalid')).toBe('true');
  expect(await ip.evaluate((field) => field === document.activeElement)).toBe(true);
  expect(new URL(page.url()).search).toBe('');
  await expectAccessible(page);
  await apply('10.0.0.0/8');
  await page.getByRole('list', { name: 'Active filters' }).getByText('10.0.0.0/8').waitFor();
  expect(await wrong.count()).toBe(0);

  await page.goto(`/t/${demo.team.slug}/logs?ip=127.0.0.256`);
  await page.getByText('Ignored: Client IP.').waitFor();
  await wrong.waitFor();
  expect(await page.getByRole('list', { name: 'Active filters' }).count()).toBe(0);
});

step('usage of the whole team, narrowed by a filter', async () => {
  await page.getByRole('link', { name: 'Usage', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
  await expectAccessible(page);
  const all = await total();
  const form = page.getByRole('form', { name: 'Filter usage' });
  await form.getByLabel('Environment', { exact: true }).selectOption({ label: 'Development' });
  await form.getByRole('button', { name: 'Apply' }).click();
  await page.waitForURL('**environment=development**');
  await until(async () => (await total()) < all, 'fewer requests', 10_000);
  await page.getByRole('link', { name: 'Clear filters' }).click();
  await until(async () => (await total()) === all, 'all requests again', 10_000);
});

step('a member sees only the usage of their own key', async () => {
  const other = await openPage(browser, demo.portalUrl);
  await signIn(other.page, demo.member);
  await other.page.goto(`/t/${demo.team.slug}/usage`);
  await other.page.getByText('Requests, errors, latency and remaining quota of your own keys.').waitFor();
  expect(await other.page.content()).not.toContain(demo.credential.sharedKey.split('_').at(-1)!);
  await expectAccessible(other.page);
  const response = await other.page.goto(
    `/t/${demo.team.slug}/api-keys/${demo.credential.sharedKey.split('_').at(-1)}/usage`,
  );
  expect(response?.status()).toBe(404);
  expect(other.errors.filter((error) => !error.includes('404'))).toEqual([]);
  await other.close();
});

step('no browser errors', async () => {
  expect(errors).toEqual([]);
});
