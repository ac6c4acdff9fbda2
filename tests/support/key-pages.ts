import type { Page } from 'playwright-core';
import { expectAccessible } from './browser.ts';

/** Opens a key's row menu under API Keys and selects an item by its label. */
export async function chooseForKey(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}`, exact: true }).click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

/** The key pair that is shown once, its curl command, and the way back to the page. */
export async function takeKeys(
  page: Page,
): Promise<{ sharedKey: string; secretKey: string; curl: string | null }> {
  await page.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  await expectAccessible(page);
  const read = (label: string) => page.getByLabel(label, { exact: true }).inputValue();
  const keys = { sharedKey: await read('Shared Key'), secretKey: await read('Secret Key') };
  const tab = page.getByRole('tab', { name: 'curl' });
  const hasExample = (await tab.count()) > 0;
  if (hasExample) await tab.click();
  const curl = hasExample ? await page.getByRole('tabpanel').locator('pre').textContent() : null;
  await page.getByLabel('I have stored my keys').check();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  return { ...keys, curl };
}
