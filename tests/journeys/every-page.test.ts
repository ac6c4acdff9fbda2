import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';

/** Every page that has no journey of its own: accessible in light and dark, on a desk and on a phone, without a stray error. */

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

async function visit(page: Page, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(200);
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await expectAccessible(page);
    }
    expect((await page.title()).length, path).toBeGreaterThan(3);
    expect(await page.locator('h1').count(), `${path} has one first heading`).toBe(1);
  }
}

test('pages that need no account', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await visit(page, [
    '/sign-in',
    '/sign-up',
    '/forgot-password',
    '/reset-password/nothing',
    '/verify-email/nothing',
    '/invitations/nothing',
    '/docs/errors',
    '/docs/errors/quota_exceeded',
    '/outbox',
  ]);
  expect(errors).toEqual([]);
  await close();
});

test('pages of an owner', async () => {
  const { page, errors, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  const team = `/t/${demo.team.slug}`;
  await page.goto(`${team}/apps`);
  const app = await page
    .getByRole('link', { name: /Harbour app/ })
    .first()
    .getAttribute('href');
  await visit(page, [
    team,
    `${team}/apps`,
    `${team}/apps/new`,
    app!,
    `${app}/keys`,
    `${app}/connected`,
    `${app}/usage`,
    `${app}/logs`,
    `${team}/logs`,
    `${team}/members`,
    `${team}/members/requests`,
    `${team}/members/audit`,
    `${team}/members/review`,
    `${team}/my-key`,
    `${team}/settings`,
    `${team}/guidelines`,
    '/account',
    '/account/two-factor',
    '/welcome?new=1',
  ]);
  expect(errors).toEqual([]);
  await close();
});

test('pages of the operator, and nobody else', async () => {
  const paths = [
    '/operator',
    '/operator/import',
    '/operator/apis/weather',
    '/operator/teams',
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

test('a page that is not there, and one of another team, look the same', async () => {
  const { page, close } = await openPage(browser, demo.portalUrl);
  await signIn(page, demo.owner);
  const texts = [];
  for (const path of ['/t/no-such-team', `/t/${demo.team.slug}/apps/app_nothing`, '/nowhere']) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(404);
    texts.push(await page.getByRole('heading', { level: 1 }).textContent());
  }
  expect(new Set(texts).size).toBe(1);
  await expectAccessible(page);
  await close();
});
