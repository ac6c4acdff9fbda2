import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';

/** An owner adds a member, the member gets their own key, and the owner manages them; by the guides' labels. */

const step = steps();
const GUEST = {
  name: 'Grace Guest',
  email: 'grace@harbour.example',
  password: 'nine quiet lanterns by the sea',
};

let demo: Demo;
let browser: Browser;
let owner: Page;
let guest: Page;
let ownerErrors: string[];
let guestErrors: string[];
let key: string;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page: owner, errors: ownerErrors } = await openPage(browser, demo.portalUrl));
  ({ page: guest, errors: guestErrors } = await openPage(browser, demo.portalUrl));
  await signIn(owner, demo.owner);
});

afterAll(async () => {
  if (owner) await keepPicture(owner, 'team-owner');
  if (guest) await keepPicture(guest, 'team-guest');
  await browser?.close();
  await demo?.stop();
});

const rowOf = (text: string) =>
  owner
    .getByRole('table', { name: /members/i })
    .getByRole('row')
    .filter({ hasText: text });

async function choose(item: string): Promise<void> {
  await rowOf(GUEST.email)
    .getByRole('button', { name: /Actions for/ })
    .click();
  await owner.getByRole('menuitem', { name: item, exact: true }).click();
}

async function call(): Promise<[number, string | undefined]> {
  const response = await fetch(`${demo.gatewayUrl}/weather/cities`, { headers: { 'X-API-Key': key } });
  const body = (await response.json()) as { code?: string };
  return [response.status, body.code];
}

step('the owner opens My Team from the sidebar', async () => {
  await owner.getByRole('link', { name: 'My Team', exact: true }).first().click();
  await owner.getByRole('heading', { level: 1, name: 'My Team' }).waitFor();
  await owner.getByText('Team Overview').first().waitFor();
  await expectAccessible(owner);
});

step('Add a new member: name and email, with an error beside an invalid address', async () => {
  await owner.getByRole('button', { name: 'Add a new member' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(GUEST.name);
  await dialog.getByLabel('Email', { exact: true }).fill('grace@@harbour');
  await dialog.getByLabel(/^Personal message/).fill('Welcome aboard <b>Grace</b>');
  await dialog.getByRole('button', { name: 'Send Invitation' }).click();
  await dialog.locator('[aria-invalid="true"]').first().waitFor();
  await dialog.getByLabel('Email', { exact: true }).fill(GUEST.email);
  await expectAccessible(owner);
  await dialog.getByRole('button', { name: 'Send Invitation' }).click();
  await rowOf(GUEST.email).getByText('Pending').waitFor();
  await expectAccessible(owner);
});

step('the email names inviter, team, role and message, and links to the activation', async () => {
  let link: string | null = null;
  await until(async () => {
    await owner.goto('/outbox');
    link = await owner.locator('a[href*="/invitations/"]').first().getAttribute('href', { timeout: 500 });
    return link !== null;
  }, 'the invitation');
  const mail = await owner.locator('main').textContent();
  for (const word of ['Harbour Labs', 'Member', 'Welcome aboard <b>Grace</b>']) expect(mail).toContain(word);
  await guest.goto(link!);
  await guest.getByText('Harbour Labs').first().waitFor();
  await expectAccessible(guest);
  await guest.getByLabel('Password', { exact: true }).fill(GUEST.password);
  await guest.getByRole('button', { name: 'Accept invitation' }).click();
  await guest.waitForURL('**/t/harbour-labs');
  await expectAccessible(guest);
});

step('the status is Active', async () => {
  await owner.goto('/t/harbour-labs/members');
  await rowOf(GUEST.email).getByText('Active', { exact: true }).waitFor();
});

step('the member creates their own API-KEY, shown once', async () => {
  await guest.getByRole('link', { name: 'My API key', exact: true }).first().click();
  await guest.getByRole('button', { name: 'Generate API Key' }).click();
  await guest.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  key = await guest.getByLabel('Secret Key', { exact: true }).inputValue();
  await expectAccessible(guest);
  await guest.getByLabel('I have stored my keys').check();
  await guest.getByRole('button', { name: 'Done', exact: true }).click();
  await guest.getByText('API-KEY', { exact: true }).first().waitFor();
  for (const word of ['Allowed IPs', 'Allowed domains', 'API ID', 'Password management'])
    await guest.getByText(word).first().waitFor();
  expect(await guest.content()).not.toContain(key.split('_').at(-1)!);
  await expectAccessible(guest);
  expect(await call()).toEqual([200, undefined]);
});

step('regenerating stops the old key immediately', async () => {
  const old = key;
  await guest.getByRole('button', { name: 'Regenerate', exact: true }).click();
  await guest.getByRole('alertdialog').getByRole('button', { name: 'Regenerate', exact: true }).click();
  await guest.getByRole('heading', { name: 'Successfully Generated your API Keys!' }).waitFor();
  expect(await call(), 'with the old key').toEqual([401, 'credential_revoked']);
  key = await guest.getByLabel('Secret Key', { exact: true }).inputValue();
  expect(key).not.toBe(old);
  expect(await call()).toEqual([200, undefined]);
  await guest.getByLabel('I have stored my keys').check();
  await guest.getByRole('button', { name: 'Done', exact: true }).click();
});

step('the owner sees the requests by member, the member only their own', async () => {
  await until(
    async () => {
      await owner.goto('/t/harbour-labs/members/requests');
      return (await owner.getByRole('row').filter({ hasText: GUEST.name }).count()) > 0;
    },
    "the request in the team's log",
    10_000,
  );
  await expectAccessible(owner);
  await guest.getByRole('link', { name: 'Request Logs', exact: true }).first().click();
  await guest.getByRole('row').filter({ hasText: '/weather/cities' }).first().waitFor();
  expect(await guest.getByText('/weather/cities/atlantis').count(), 'calls of the app').toBe(0);
});

step('suspending stops the member and their key immediately, activating restores both', async () => {
  await owner.goto('/t/harbour-labs/members');
  await choose('Suspend');
  await owner.getByRole('alertdialog').getByRole('heading', { name: 'Rejected while suspended' }).waitFor();
  await expectAccessible(owner);
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await owner.getByRole('alertdialog').waitFor({ state: 'detached' });
  await rowOf(GUEST.email).getByText('Suspended').waitFor();
  expect(await call()).toEqual([401, 'member_suspended']);
  await guest.goto('/t/harbour-labs');
  expect(guest.url()).toContain('/suspended/harbour-labs');
  await guest.getByRole('heading', { level: 1, name: 'You’re suspended from Harbour Labs' }).waitFor();
  await guest.getByText(demo.owner.email).waitFor();
  await expectAccessible(guest);
  await choose('Activate');
  await rowOf(GUEST.email).getByText('Active', { exact: true }).waitFor();
  expect(await call()).toEqual([200, undefined]);
});

step('the role is changed, and the activity is visible', async () => {
  await choose('Change role');
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Role', { exact: true }).selectOption('admin');
  await dialog.getByRole('button', { name: 'Change role' }).click();
  await rowOf(GUEST.email).getByText('Admin', { exact: true }).waitFor();
  await choose('View activity');
  await owner.waitForURL('**/members/*-*');
  await owner.getByRole('heading', { level: 1, name: GUEST.name }).waitFor();
  await expectAccessible(owner);
});

step('deleting a member revokes their key permanently and keeps their history', async () => {
  await owner.goto('/t/harbour-labs/members');
  await choose('Remove');
  await owner.getByRole('alertdialog').getByRole('heading', { name: 'Revoked permanently' }).waitFor();
  await expectAccessible(owner);
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Delete member' }).click();
  // While the dialog is open, the table behind it is hidden from assistive technology.
  await owner.getByRole('alertdialog').waitFor({ state: 'detached' });
  await rowOf(GUEST.email).waitFor({ state: 'detached' });
  expect(await call()).toEqual([401, 'credential_revoked']);
  await owner.goto('/t/harbour-labs/members/requests');
  await owner.getByRole('row').filter({ hasText: GUEST.name }).first().waitFor();
  await owner.goto('/t/harbour-labs/members/audit');
  await owner.getByText('removed from the team').first().waitFor();
  await expectAccessible(owner);
});

step('the audit log is filtered by first and last day, both inclusive', async () => {
  const filter = owner.getByRole('form', { name: 'Filter the audit log' });
  const fill = (label: string, daysAgo: number) =>
    filter
      .getByLabel(label, { exact: true })
      .fill(new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10));
  const apply = filter.getByRole('button', { name: 'Apply filters' });
  const removal = owner.getByText('removed from the team').first();
  await fill('From (first day, UTC)', 30);
  await fill('To (last day, UTC)', 2);
  await apply.click();
  await owner.waitForURL(({ search }) => search !== '');
  await owner.getByText('paused the key').first().waitFor();
  expect(await removal.count()).toBe(0);
  await fill('From (first day, UTC)', 1);
  await fill('To (last day, UTC)', 0);
  await apply.click();
  await removal.waitFor();
});

step('no errors in either browser', async () => {
  expect(ownerErrors).toEqual([]);
  expect(guestErrors).toEqual([]);
});
