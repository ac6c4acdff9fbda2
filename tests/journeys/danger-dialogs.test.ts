import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totpCode } from '#lib/accounts/totp.ts';
import { keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';

/** No dialog for a destructive action is confirmed by a double click or by pressing Enter twice. */

let demo: Demo;
let browser: Browser;
let owner: Page;
let member: Page;
let operator: Page;
const windows: Awaited<ReturnType<typeof openPage>>[] = [];

async function open(account: { email: string; password: string }): Promise<Page> {
  const window = await openPage(browser, demo.portalUrl);
  windows.push(window);
  await signIn(window.page, account);
  return window.page;
}

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  owner = await open(demo.owner);
  member = await open(demo.member);
  operator = await open(demo.operator);
  await open(demo.owner); // Another session, to be ended.
});

afterAll(async () => {
  if (owner) await keepPicture(owner, 'danger-dialogs');
  await browser?.close();
  await demo?.stop();
});

const team = (path: string) => `/t/${demo.team.slug}/${path}`;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).first();

async function menuItem(page: Page, menu: string | RegExp, item: string): Promise<Locator> {
  await button(page, menu).click();
  return page.getByRole('menuitem', { name: item, exact: true });
}

/** Opens a page unless it is open. A closed dialog leaves its page as it was. */
async function visit(page: Page, path: string): Promise<void> {
  if (new URL(page.url()).pathname !== path) await page.goto(path);
}

async function openApp(): Promise<void> {
  await visit(owner, team('apps'));
  await owner
    .getByRole('link', { name: /Harbour app/ })
    .first()
    .click();
  await owner.waitForURL('**/apps/app_*');
}

async function keySwitch(): Promise<Locator> {
  await openApp();
  await owner.getByRole('link', { name: 'Access Keys', exact: true }).click();
  return owner.getByRole('switch', { name: 'Active: First key' });
}

/** Every dialog, by the control that opens it. A dialog that offers several actions names them in `actions`. */
const DIALOGS: {
  name: string;
  actions?: string[];
  control: () => Promise<Locator>;
}[] = [
  ...['Pause', 'Revoke Key'].map((item) => ({
    name: `${item}, from the menu of a key`,
    control: async () => {
      await visit(owner, team('api-keys'));
      return menuItem(owner, 'Actions for First key', item);
    },
  })),
  {
    name: 'Revoking the Key, from its switch',
    actions: ['Pause', 'Revoke permanently'],
    control: () => keySwitch(),
  },
  {
    name: 'Revoking the Key, its second step',
    control: async () => {
      await (await keySwitch()).click();
      return button(owner, 'Revoke permanently');
    },
  },
  {
    name: 'End now, for a rotated key',
    control: async () => {
      await visit(owner, team('api-keys'));
      await owner.getByRole('link', { name: 'Pier buoys', exact: true }).click();
      await owner.waitForURL('**/api-keys/*');
      await owner.goto(`${owner.url()}/rotation`);
      return button(owner, 'End now');
    },
  },
  {
    name: 'Rotate without an overlap',
    control: async () => {
      await visit(owner, team('api-keys'));
      await (await menuItem(owner, 'Actions for First key', 'Rotate')).click();
      await owner.getByRole('radio', { name: 'No overlap' }).check();
      return button(owner, 'Rotate');
    },
  },
  {
    name: 'Archive app',
    control: async () => {
      await openApp();
      return button(owner, 'Archive app');
    },
  },
  ...['Suspend', 'Remove', 'Transfer ownership'].map((item) => ({
    name: `${item}, from the menu of a member`,
    control: async () => {
      await visit(owner, team('members'));
      return menuItem(owner, 'Actions for Ada Admin', item);
    },
  })),
  {
    name: 'Leave team',
    control: async () => {
      await visit(member, team('members'));
      return menuItem(member, 'Actions for Mina Member', 'Leave team');
    },
  },
  {
    name: 'Cancel invitation',
    control: async () => {
      await visit(owner, team('members'));
      return menuItem(owner, 'Actions for Ines Islander', 'Cancel invitation');
    },
  },
  ...['Suspend', 'Remove'].map((word) => ({
    name: `${word}, in a membership review`,
    control: async () => {
      await visit(owner, team('members/review'));
      const decision = button(owner, `${word} Ada Admin`);
      await decision.or(button(owner, 'Start review')).first().waitFor();
      if ((await decision.count()) === 0) await button(owner, 'Start review').click();
      return decision;
    },
  })),
  {
    name: 'Dismiss a finding',
    actions: ['Dismiss for 30 days', 'Dismiss for 90 days'],
    control: async () => {
      await visit(owner, team('security'));
      return button(owner, /^Dismiss/);
    },
  },
  {
    name: 'Pause or revoke a key from a finding',
    control: async () => {
      await visit(owner, team('security'));
      return button(owner, /^(?:Revoke Key|Pause) \(/);
    },
  },
  {
    name: 'Delete team',
    control: async () => {
      await visit(owner, team('settings'));
      return button(owner, 'Delete team');
    },
  },
  {
    name: 'Regenerate',
    control: async () => {
      await visit(member, team('my-key'));
      return button(member, 'Regenerate');
    },
  },
  {
    name: 'End session',
    control: async () => {
      await visit(owner, '/account');
      return button(owner, 'End session');
    },
  },
  {
    name: 'End all other sessions',
    control: async () => {
      await visit(owner, '/account');
      return button(owner, 'End all other sessions');
    },
  },
  {
    name: 'Remove an API',
    control: async () => {
      await visit(operator, '/operator');
      await operator.getByRole('table').getByRole('link').first().click();
      return button(operator, 'Remove');
    },
  },
  {
    name: 'Delete a plan',
    control: async () => {
      await visit(operator, '/operator/plans');
      if ((await button(operator, 'Actions for Trial').count()) === 0) await createPlan();
      return menuItem(operator, 'Actions for Trial', 'Delete');
    },
  },
  {
    name: 'Turn off two-factor authentication',
    control: async () => {
      await visit(member, '/account/two-factor');
      if ((await button(member, 'Turn off').count()) === 0) await turnOnTwoFactor();
      return button(member, 'Turn off');
    },
  },
];

async function createPlan(): Promise<void> {
  await button(operator, 'New plan').click();
  const values: [string | RegExp, string][] = [
    ['Name', 'Trial'],
    ['Daily quota', '5000'],
    ['Log retention', '7'],
    ['Burst requests', '3'],
    ['Burst window', '60'],
    [/^Members/, '10'],
  ];
  const dialog = operator.getByRole('dialog', { name: 'New plan' });
  for (const [label, value] of values) await dialog.getByLabel(label, { exact: true }).fill(value);
  await dialog.getByRole('button', { name: 'Create plan' }).click();
  await dialog.waitFor({ state: 'detached' });
}

async function turnOnTwoFactor(): Promise<void> {
  await member.getByLabel('Current password', { exact: true }).fill(demo.member.password);
  await button(member, 'Continue').click();
  const secret = (await member.locator('code').first().textContent())!.replaceAll(' ', '');
  await member.getByLabel(/code/i).last().fill(totpCode(secret, new Date()));
  await button(member, 'Turn on').click();
  await button(member, 'I’ve stored them').click();
  await member.goto('/account/two-factor');
  await button(member, 'Turn off').waitFor();
}

type Box = { x: number; y: number; width: number; height: number };
const overlaps = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** The destructive buttons in the open dialog. */
function dangerous(page: Page, actions?: string[]): Locator[] {
  if (!actions) return [page.getByRole('alertdialog').locator('[type="submit"]')];
  return actions.map((name) => page.getByRole('dialog').getByRole('button', { name, exact: true }));
}

const anyDialog = (page: Page) => page.getByRole('dialog').or(page.getByRole('alertdialog'));
const toasts = (page: Page) => page.locator('[data-sonner-toast]').count();

/** Clicks every destructive button as soon as it appears, and keeps its `aria-disabled`, until it is asked for them. */
async function clickOnAppearance(page: Page, actions?: string[]): Promise<() => Promise<(string | null)[]>> {
  await page.evaluate((names) => {
    const seen: (string | null)[] = [];
    const observer = new MutationObserver(() => {
      for (const it of document.querySelectorAll<HTMLElement>('[role$="dialog"] button:not([data-tried])')) {
        const isDangerous = names
          ? names.includes(it.textContent.trim())
          : it.matches('[role="alertdialog"] [type="submit"]');
        if (!isDangerous) continue;
        it.dataset.tried = '';
        seen.push(it.getAttribute('aria-disabled'));
        it.click();
      }
    });
    observer.observe(document.body, { childList: true, subtree: true });
    Object.assign(window, { seen, observer });
  }, actions ?? null);
  return () =>
    page.evaluate(() => {
      if (!('seen' in window && 'observer' in window)) return [];
      (window.observer as MutationObserver).disconnect();
      return window.seen as (string | null)[];
    });
}

describe.each(DIALOGS)('$name', ({ actions, control }) => {
  test('a double click', async () => {
    const first = await control();
    const page = first.page();
    await first.click({ trial: true }); // Waits until it can be clicked.
    const shown = await toasts(page);
    const before = (await first.boundingBox())!;
    await page.mouse.dblclick(before.x + before.width / 2, before.y + before.height / 2);
    await page.waitForTimeout(700);
    expect(await toasts(page), 'something was done').toBeLessThanOrEqual(shown);
    await anyDialog(page).waitFor();
    if (!actions) {
      const [confirm] = dangerous(page);
      expect(overlaps(before, (await confirm!.boundingBox())!), 'it appears where the first one was').toBe(
        false,
      );
    }
    await page.keyboard.press('Escape');
    await anyDialog(page).waitFor({ state: 'detached' });
  });

  test('Enter twice', async () => {
    const first = await control();
    const page = first.page();
    await first.click({ trial: true });
    const shown = await toasts(page);
    await first.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.waitForTimeout(700);
    expect(await toasts(page), 'something was done').toBeLessThanOrEqual(shown);
    await page.keyboard.press('Escape');
  });

  test('nothing for half a second, then it works', async () => {
    const first = await control();
    const page = first.page();
    const shown = await toasts(page);
    const seen = await clickOnAppearance(page, actions);
    await first.click();
    for (const confirm of dangerous(page, actions)) await confirm.waitFor();
    await page.waitForTimeout(700);
    expect(await seen()).toEqual(dangerous(page, actions).map(() => 'true'));
    expect(await toasts(page), 'something was done').toBeLessThanOrEqual(shown);
    for (const confirm of dangerous(page, actions)) {
      await confirm.waitFor();
      expect(await confirm.getAttribute('aria-disabled')).toBeNull();
    }
    await page.keyboard.press('Escape');
  });
});

test('no browser errors', () => {
  expect(windows.flatMap(({ errors }) => errors)).toEqual([]);
});
