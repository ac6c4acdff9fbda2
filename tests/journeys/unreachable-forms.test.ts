import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { until } from '#tests/support/processes.ts';

/** Every form keeps its entries when its action can't be reached, and sends them again with "Try again". */

let demo: Demo;
let browser: Browser;
const pages = {} as Record<'owner' | 'member' | 'operator' | 'anonymous', Page>;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  for (const who of ['owner', 'member', 'operator', 'anonymous'] as const) {
    const { page } = await openPage(browser, demo.portalUrl);
    pages[who] = page;
    if (who !== 'anonymous') await signIn(page, demo[who]);
  }
});

afterAll(async () => {
  if (pages.owner) await keepPicture(pages.owner, 'unreachable-forms');
  await browser?.close();
  await demo?.stop();
});

/** How a form action is rendered. Forms that only navigate have a URL. */
const FORM = 'form[action^="javascript:"]:has([type="submit"])';
const team = (path: string) => `/t/${demo.team.slug}/${path}`;
const click = (name: string) => (page: Page) =>
  page.getByRole('button', { name, exact: true }).first().click();
const fromKeyMenu = (key: string, item: string) => async (page: Page) => {
  await click(`Actions for ${key}`)(page);
  await page.getByRole('menuitem', { name: item, exact: true }).click();
};
const inFirstKey = (tab: string) => async (page: Page) => {
  await page.getByRole('link', { name: 'First key', exact: true }).click();
  await page.waitForURL('**/api-keys/*');
  await page.goto(`${page.url()}/${tab}`);
};

/** Pages with their forms, and what opens a form that isn't shown at first. */
const PLACES: {
  who: keyof typeof pages;
  path: () => string;
  name: string;
  open?: (page: Page) => Promise<unknown>;
}[] = [
  { who: 'anonymous', path: () => '/sign-up', name: 'sign-up' },
  { who: 'anonymous', path: () => '/forgot-password', name: 'forgot password' },
  { who: 'anonymous', path: () => '/found-a-key', name: 'found a key' },
  { who: 'owner', path: () => '/account', name: 'profile' },
  { who: 'owner', path: () => '/account/two-factor', name: 'two-factor authentication' },
  { who: 'owner', path: () => team('settings'), name: 'settings' },
  { who: 'owner', path: () => team('settings/limits'), name: 'limits' },
  { who: 'owner', path: () => team('apps/new'), name: 'new app' },
  { who: 'owner', path: () => team('api-keys'), name: 'create API key', open: click('Create API Key') },
  { who: 'owner', path: () => team('api-keys'), name: 'edit key', open: fromKeyMenu('Load test', 'Edit') },
  {
    who: 'owner',
    path: () => team('api-keys'),
    name: 'rotate',
    open: fromKeyMenu('Release checks', 'Rotate'),
  },
  { who: 'owner', path: () => team('api-keys'), name: 'restrictions', open: inFirstKey('restrictions') },
  {
    who: 'owner',
    path: () => team('api-keys'),
    name: 'incident',
    open: fromKeyMenu('Night forecast', 'Key compromised?'),
  },
  {
    who: 'owner',
    path: () => team('apps'),
    name: 'edit app',
    open: async (page) => {
      await page
        .getByRole('link', { name: /Harbour app/ })
        .first()
        .click();
      await click('Edit')(page);
    },
  },
  { who: 'owner', path: () => team('members'), name: 'invite', open: click('Invite Team Member') },
  {
    who: 'owner',
    path: () => team('members'),
    name: 'change role',
    open: async (page) => {
      await click('Actions for Ada Admin')(page);
      await page.getByRole('menuitem', { name: 'Change role', exact: true }).click();
    },
  },
  {
    who: 'owner',
    path: () => team('incidents'),
    name: 'incident note',
    open: async (page) => {
      await page.getByRole('table', { name: 'Incidents' }).getByRole('link').first().click();
      await page.waitForURL('**/incidents/inc_*');
    },
  },
  { who: 'operator', path: () => '/operator/import', name: 'import' },
  { who: 'operator', path: () => '/operator/plans', name: 'plan', open: click('New plan') },
  { who: 'operator', path: () => '/welcome', name: 'create team', open: click('Create Team') },
];

const TYPED: Record<string, string> = {
  email: 'typed@example.net',
  password: 'nine quiet lanterns by the sea',
  date: '2027-01-31',
  numeric: '7',
  number: '7',
};

/** Fills every text field and returns the form's values. */
async function fill(form: Locator): Promise<string[]> {
  for (const field of await form.locator('input:visible, textarea:visible').all()) {
    const [type, mode, readOnly] = await field.evaluate((it) => [
      it.getAttribute('type') ?? 'text',
      it.getAttribute('inputmode'),
      it.hasAttribute('readonly') || it.hasAttribute('disabled'),
    ]);
    if (readOnly || ['checkbox', 'radio', 'file', 'search', 'hidden'].includes(type!)) continue;
    await field.fill(TYPED[type!] ?? TYPED[mode ?? ''] ?? 'Typed before the outage');
  }
  return valuesOf(form);
}

const valuesOf = (form: Locator) =>
  form
    .locator('input:not([type="hidden"]), textarea, select')
    .evaluateAll((all) => all.map((it) => ('value' in it ? String(it.value) : '')));

const failure = (form: Locator) => form.locator('[data-failure]');
const again = (form: Locator) => form.getByRole('button', { name: 'Try again', exact: true });

/** Runs with an expired session, then restores it. */
async function withoutSession(context: BrowserContext, run: () => Promise<void>): Promise<void> {
  const cookies = await context.cookies();
  await context.clearCookies();
  try {
    await run();
  } finally {
    await context.clearCookies();
    await context.addCookies(cookies);
  }
}

test.each(PLACES)(
  'offline and without a session: $name',
  { timeout: 180_000 },
  async ({ who, path, open }) => {
    const page = pages[who];
    const context = page.context();
    const visit = async () => {
      await page.goto(path());
      await open?.(page);
      await page.locator(FORM).first().waitFor();
    };
    await visit();
    const count = await page.locator(FORM).count();
    for (let index = 0; index < count; index++) {
      if (index > 0) await visit();
      const form = page.locator(FORM).nth(index);
      const before = await fill(form);
      await context.setOffline(true);
      await form.locator('[type="submit"]').click();
      await failure(form).getByText('You’re offline.').waitFor();
      expect(await valuesOf(form), 'offline').toEqual(before);
      await context.setOffline(false);
      if (who !== 'anonymous') {
        await withoutSession(context, async () => {
          await again(form).click();
          await failure(form).getByText('Your session expired.').waitFor();
          expect(await valuesOf(form), 'without a session').toEqual(before);
        });
      }
      const sent = page.waitForRequest((request) => request.method() === 'POST');
      await again(form).click();
      await sent;
      await failure(form).waitFor({ state: 'detached' });
      expect(await page.getByText('Something went wrong').count()).toBe(0);
    }
  },
);

test('a new version: the page offers to reload, and keeps entries but no password', async () => {
  const page = pages.owner;
  await page.goto('/account');
  await page.route('**/account', (route) =>
    route.request().method() === 'POST'
      ? route.continue({ headers: { ...route.request().headers(), 'next-action': '00'.repeat(21) } })
      : route.continue(),
  );
  const forms = page.locator(FORM);
  const name = forms.filter({ has: page.getByLabel('Name', { exact: true }) });
  await name.getByLabel('Name', { exact: true }).fill('Oscar Typed');
  await name.locator('[type="submit"]').click();
  await failure(name).getByText('Latchkey was updated.').waitFor();
  await page.unroute('**/account');
  await name.getByRole('button', { name: 'Reload page', exact: true }).click();
  await until(
    async () => (await page.getByLabel('Name', { exact: true }).inputValue()) === 'Oscar Typed',
    'the entries after the reload',
  );
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('Oscar Typed');
});

test('a document over the size limit stays in the form', async () => {
  const page = pages.operator;
  await page.goto('/operator/import');
  const form = page.locator(FORM).first();
  await form.locator('textarea[name="source"]').evaluate((area) => {
    if (area instanceof HTMLTextAreaElement) area.value = 'x'.repeat(5_000_000);
  });
  await form.locator('[type="submit"]').click();
  await failure(form).getByText('This is too large.').waitFor();
  expect((await form.locator('textarea[name="source"]').inputValue()).length).toBe(5_000_000);
});

test('New App survives a reload in its second step', async () => {
  const page = pages.owner;
  await page.goto(team('apps/new'));
  await page.getByLabel('Title', { exact: true }).fill('Ferry times');
  await page.getByLabel('Description', { exact: true }).fill('Shows when the ferry leaves.');
  await click('Next')(page);
  const endpoint = page.getByRole('checkbox', { name: /current/i }).first();
  await page.getByLabel('Search endpoints').fill('current');
  await endpoint.check();
  await page.reload();
  await page.getByLabel('Search endpoints').fill('current');
  expect(await endpoint.isChecked()).toBe(true);
  await page.getByText(/that Ferry times can call/).waitFor();
  await click('Connect and Generate Keys')(page);
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toContain('Ferry times');
  await page.getByLabel('I have stored my keys').check();
  await click('Done')(page);
});

test('a menu action that can’t be reached is a toast', async () => {
  const page = pages.owner;
  await page.goto(team('members'));
  await click('Actions for Ines Islander')(page);
  await page.context().setOffline(true);
  await page.getByRole('menuitem', { name: 'Resend invitation', exact: true }).click();
  await page.locator('[data-sonner-toast]').filter({ hasText: 'You’re offline.' }).waitFor();
  await page.context().setOffline(false);
});

test('a dialog that can’t be confirmed shows why, keeps its entries, and tries again', async () => {
  const page = pages.owner;
  await page.goto(team('settings'));
  await click('Delete team')(page);
  const dialog = page.getByRole('alertdialog');
  const name = (await dialog.locator('label strong').textContent())!; // The settings form renamed the team.
  await dialog.getByRole('textbox').fill(name);
  await page.context().setOffline(true);
  await dialog.getByRole('button', { name: 'Delete team', exact: true }).click();
  await dialog.getByRole('alert').getByText('You’re offline.').waitFor();
  expect(await dialog.getByRole('textbox').inputValue()).toBe(name);
  await page.context().setOffline(false);
  await dialog.getByRole('button', { name: 'Try again', exact: true }).click();
  await page.waitForURL('**/welcome?deleted=1');
});
