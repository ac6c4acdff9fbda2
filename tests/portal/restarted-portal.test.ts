import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, openPage, signIn } from '#tests/support/browser.ts';
import { aPerson } from '#tests/support/people.ts';
import { type Portals, startPortals } from '#tests/support/portals.ts';

let portals: Portals;
let browser: Browser;

beforeAll(async () => {
  portals = await startPortals(1);
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  await portals?.stop();
});

test('a form that was open while the portal restarted keeps its entries and can be sent', async () => {
  const { account } = await aPerson(portals.db, { name: 'Ada' });
  const { page } = await openPage(browser, portals.origins[0]!);
  await signIn(page, account);
  await page.goto('/account');
  const name = page.getByLabel('Name', { exact: true });
  const form = page.locator('form').filter({ has: name });
  await name.fill('Ada Lovelace');

  await portals.halt(0);
  await form.locator('[type="submit"]').click();
  await form.getByText('Can’t reach the server.').waitFor();
  expect(await name.inputValue()).toBe('Ada Lovelace');

  await portals.launch(0);
  await form.getByRole('button', { name: 'Try again', exact: true }).click();
  await page.locator('[data-sonner-toast]').filter({ hasText: 'Name changed' }).waitFor();
});
