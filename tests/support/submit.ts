import type { Page } from 'playwright-core';

/**
 * Presses a form's button and waits until the server has answered and the form is itself again: an earlier toast may
 * still stand there, and what is typed too early is overwritten by the answer.
 */
export async function submit(page: Page, name: string): Promise<void> {
  const waiting = page.waitForResponse((response) => response.request().method() === 'POST');
  const button = page.getByRole('button', { name, exact: true });
  await button.click();
  await waiting;
  // While it runs, the button says so instead of its name.
  await button.waitFor();
}
