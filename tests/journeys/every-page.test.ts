import { globSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';

/** Every page: accessible in light and dark, on desktop and phone, without console errors. */

let demo: Demo;
let browser: Browser;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

const visited: string[] = [];

async function visit(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    visited.push(path.split('?')[0]!);
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(200);
    await page.setViewportSize({ width: 1440, height: 900 });
    await expectAccessible(page);
    // A phone has the same colors but a different layout.
    await page.setViewportSize({ width: 390, height: 900 });
    await expectAccessible(page, ['light']);
    await page.setViewportSize({ width: 1024, height: 900 });
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${path} scrolls sideways on a tablet`).toBeLessThanOrEqual(0);
    expect((await page.title()).length, path).toBeGreaterThan(3);
    expect(await page.locator('h1').count(), `${path} has one first heading`).toBe(1);
  }
}

/** The URL of a link on a page. */
async function hrefOn(page: Page, path: string, selector: string): Promise<string> {
  await page.goto(path);
  return (await page.locator(selector).first().getAttribute('href'))!;
}

const team = () => `/t/${demo.team.slug}`;

test('pages without sign-in', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await visit(page, [
    '/sign-in',
    '/sign-up',
    '/check-mail',
    '/forgot-password',
    '/reset-password/nothing',
    '/verify-email/nothing',
    '/invitations/nothing',
    '/found-a-key',
    '/docs/errors',
    '/docs/errors/quota_exceeded',
    '/outbox',
  ]);
  expect(errors).toEqual([]);
  await close();
});

test('owner pages: apps, keys, usage and logs', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  const key = `${team()}/api-keys/${demo.credential.sharedKey.split('_').at(-1)}`;
  const app = await hrefOn(page, `${team()}/apps`, 'a[href*="/apps/app_"]');
  const request = await hrefOn(page, `${team()}/logs`, 'td a[href*="/logs/"]');
  await visit(page, [
    ...['', '/apps', '/apps/new', '/usage', '/logs', '/tester', '/my-key'].map((path) => team() + path),
    ...['', '/keys', '/connected', '/usage', '/logs'].map((path) => app + path),
    `${team()}/api-keys`,
    ...['', '/usage', '/logs', '/restrictions', '/rotation'].map((path) => key + path),
    request,
  ]);
  expect(errors).toEqual([]);
  await close();
});

test('owner pages: team, security and settings', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  const colleague = await hrefOn(page, `${team()}/members`, 'td a[href*="/members/"]:has-text("Mina")');
  const mina = demo.memberCredential.sharedKey.split('_').at(-1);
  await visit(page, [
    ...['', '/requests', '/audit', '/review'].map((path) => `${team()}/members${path}`),
    ...['', '/usage'].map((path) => colleague + path),
    ...['/security', '/incidents', '/incidents/rejected-keys', '/notifications'].map((path) => team() + path),
    ...['/settings', '/settings/limits', '/guidelines'].map((path) => team() + path),
    `${team()}/incidents/new?key=${mina}`,
    '/account',
    '/account/two-factor',
    '/welcome?new=1',
  ]);
  await page.goto(`${team()}/incidents/new?key=${mina}`);
  await page.getByRole('button', { name: 'Revoke the key and open the incident' }).click();
  await page.waitForURL('**/incidents/inc_*');
  await visit(page, [new URL(page.url()).pathname]);
  expect(errors).toEqual([]);
  await close();
});

test('documentation pages', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  await visit(page, [
    '/docs',
    '/docs/apis/weather',
    '/docs/apis/weather/createObservation',
    '/docs/apis/weather/schemas/City',
  ]);
  expect(errors).toEqual([]);
  await close();
});

test('member pages, mostly empty', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.member);
  await visit(
    page,
    [
      ...['', '/apps', '/api-keys', '/usage', '/logs', '/tester', '/security', '/members', '/my-key'],
      ...['/incidents', '/incidents/rejected-keys', '/notifications', '/settings', '/settings/limits'],
    ].map((path) => team() + path),
  );
  expect(errors).toEqual([]);
  await close();
});

test('a suspended member sees why', async () => {
  const owner = await openPage(browser, demo.portalUrl);
  await signIn(owner.page, demo.owner);
  await owner.page.goto(`${team()}/members`);
  const row = owner.page.getByRole('row').filter({ hasText: demo.member.email });
  await row.getByRole('button', { name: /Actions for/ }).click();
  await owner.page.getByRole('menuitem', { name: 'Suspend', exact: true }).click();
  const dialog = owner.page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  await owner.close();

  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.member);
  await visit(page, [`/suspended/${demo.team.slug}`]);
  await page.getByRole('link', { name: demo.owner.email }).waitFor();
  expect(errors).toEqual([]);
  await close();
});

test('operator pages, which nobody else can open', async () => {
  const paths = [
    '/operator',
    '/operator/import',
    '/operator/apis/weather',
    '/operator/plans',
    '/operator/teams',
    `/operator/teams/${demo.team.slug}`,
    '/operator/jobs',
    '/operator/health',
  ];
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.operator);
  await visit(page, paths);
  expect(errors).toEqual([]);
  await close();

  const other = await openPage(browser, demo.portalUrl);
  await signIn(other.page, demo.owner);
  for (const path of paths) expect((await other.page.goto(path))?.status(), path).toBe(404);
  await other.close();
});

test('every page was visited', () => {
  const pages = globSync('app/**/page.tsx')
    .map((file) => file.replace(/^app|\/\([^)]+\)|\/page\.tsx$/g, ''))
    .filter((path) => path !== ''); // The root page only redirects.
  const missed = pages.filter((path) => {
    const pattern = path.replaceAll(/\[\.{3}[^\]]+\]/g, '.+').replaceAll(/\[[^\]]+\]/g, '[^/]+');
    return !visited.some((one) => new RegExp(`^${pattern}$`).test(one));
  });
  expect(pages.length).toBeGreaterThan(50);
  expect(missed).toEqual([]);
});

test('a page that doesn’t exist and a page of another team look the same', async () => {
  const { page, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  const texts = [];
  for (const path of ['/t/no-such-team', `/t/${demo.team.slug}/apps/app_nothing`, '/nowhere']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    texts.push(await page.getByRole('heading', { level: 1 }).textContent());
  }
  expect(new Set(texts).size).toBe(1);
  await expectAccessible(page);
  await close();
});
