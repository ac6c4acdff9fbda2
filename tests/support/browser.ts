import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8');
/** Turns off Chromium's background requests. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

export function launch(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [...QUIET, ...args],
  });
}

/** A separate browser context that collects console errors and page errors. */
export async function openPage(
  browser: Browser,
  baseURL: string,
): Promise<{ page: Page; errors: string[]; close: () => Promise<void> }> {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${page.url()} ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => errors.push(`${page.url()} ${error.message}`));
  return { page, errors, close: () => context.close() };
}

export async function signIn(page: Page, account: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Email', { exact: true }).fill(account.email);
  await page.getByLabel('Password', { exact: true }).fill(account.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** No serious axe-core findings and no horizontal scrolling, in light and dark. */
export async function expectAccessible(
  page: Page,
  schemes: readonly ('light' | 'dark')[] = ['light', 'dark'],
): Promise<void> {
  for (const [index, colorScheme] of schemes.entries()) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
    // The second scheme has the same elements in other colors.
    const rules = index > 0 ? COLOUR_RULES : [];
    let found = await serious(page, rules);
    // Colors can still be in transition. Only findings that persist are defects.
    for (let again = 0; found.length > 0 && again < 3; again++) {
      await page.waitForTimeout(400);
      found = await serious(page, rules);
    }
    expect(found, `${page.url()} (${colorScheme})`).toEqual([]);
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(sideways, `${page.url()} scrolls sideways`).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** axe-core's color rules: the category `cat.color` without its stricter, disabled rule. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

type Axe = {
  run(
    on: Document,
    options: { resultTypes: string[]; runOnly?: { type: 'rule'; values: string[] } },
  ): Promise<{
    violations: { id: string; impact: string | null; nodes: { html: string }[] }[];
  }>;
};

/** axe-core's serious and critical findings as text, for the given rules or all. */
function serious(page: Page, rules: string[]): Promise<string[]> {
  return page.evaluate(async (values) => {
    const { axe } = window as unknown as { axe: Axe }; // Its script ran in this page before.
    const { violations } = await axe.run(document, {
      resultTypes: ['violations'],
      ...(values.length > 0 && { runOnly: { type: 'rule', values } }),
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`);
  }, rules);
}

/** Saves a screenshot of a failed journey. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = join('tests', '.artifacts');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true }).catch(() => {});
}
