import type { Page } from 'playwright-core';

/**
 * Clicks a form's button and waits until the server has responded and the form is ready again. An earlier toast can still
 * be visible, and text typed too early is overwritten by the response.
 */
export async function submit(page: Page, name: string): Promise<void> {
  const waiting = page.waitForResponse((response) => response.request().method() === 'POST');
  const button = page.getByRole('button', { name, exact: true });
  await button.click();
  await waiting;
  // While the action runs, the button has a different label.
  await button.waitFor();
}
