import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { expectAccessible, keepPicture, launch, openPage, signIn } from '#tests/support/browser.ts';
import { type Demo, startDemo } from '#tests/support/demo.ts';
import { callGateway } from '#tests/support/gateway-call.ts';
import { takeKeys } from '#tests/support/key-pages.ts';
import { until } from '#tests/support/processes.ts';
import { steps } from '#tests/support/steps.ts';
import { submit } from '#tests/support/submit.ts';

/** "What Members Can Do" of the team guide, item by item, and what the owner sees and can do. */

const step = steps();
const MEMBER = {
  name: 'Piet Partner',
  email: 'piet@harbour.example',
  password: 'eleven lamps along the pier',
  nextPassword: 'twelve lamps behind the dunes',
};

let demo: Demo;
let browser: Browser;
let owner: Page;
let member: Page;
let ownerErrors: string[];
let memberErrors: string[];
let key: string;

beforeAll(async () => {
  demo = await startDemo();
  browser = await launch();
  ({ page: owner, errors: ownerErrors } = await openPage(browser, demo.portalUrl));
  ({ page: member, errors: memberErrors } = await openPage(browser, demo.portalUrl));
  await signIn(owner, demo.owner);
});

afterAll(async () => {
  if (owner) await keepPicture(owner, 'member-owner');
  if (member) await keepPicture(member, 'member-member');
  await browser?.close();
  await demo?.stop();
});

const call = (secretKey = key, headers: Record<string, string> = {}, path = '/weather/cities/kyoto') =>
  callGateway(`${demo.gatewayUrl}${path}`, secretKey, headers);
const rowOfMember = () =>
  owner.getByRole('table', { name: 'Team Members' }).getByRole('row').filter({ hasText: MEMBER.email });
const sidebar = (page: Page, name: string) => page.getByRole('link', { name, exact: true }).first();

async function chooseForMember(item: string): Promise<void> {
  await rowOfMember()
    .getByRole('button', { name: /Actions for/ })
    .click();
  await owner.getByRole('menuitem', { name: item, exact: true }).click();
}

step('My Team → Add a new member → Send Invitation: the member is Pending', async () => {
  await sidebar(owner, 'My Team').click();
  await owner.getByRole('heading', { level: 1, name: 'My Team' }).waitFor();
  await owner.getByRole('button', { name: 'Add a new member' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill(MEMBER.name);
  await dialog.getByLabel('Email', { exact: true }).fill(MEMBER.email);
  await dialog.getByRole('button', { name: 'Send Invitation' }).click();
  await rowOfMember().getByText('Pending').waitFor();
});

step('the activation link makes the member Active', async () => {
  let link: string | null = null;
  await until(async () => {
    await member.goto('/outbox');
    link = await member.locator('a[href*="/invitations/"]').first().getAttribute('href', { timeout: 500 });
    return link !== null;
  }, 'the invitation');
  await member.goto(link!);
  await member.getByLabel('Password', { exact: true }).fill(MEMBER.password);
  await member.getByRole('button', { name: 'Accept invitation' }).click();
  await member.waitForURL(`**/t/${demo.team.slug}`);
  await owner.reload();
  await rowOfMember().getByText('Active', { exact: true }).waitFor();
});

step('their own API-KEY, and nobody else’s', async () => {
  await sidebar(member, 'My API key').click();
  await member.getByRole('button', { name: 'Generate API Key' }).click();
  key = (await takeKeys(member)).secretKey;
  for (const title of ['API-KEY', 'API ID', 'Password management'])
    await member.getByRole('heading', { name: title, exact: true }).waitFor();
  await expectAccessible(member);
  expect((await call()).status).toBe(200);

  await sidebar(member, 'API Keys').click();
  const table = member.getByRole('table', { name: 'API Keys' });
  await table.waitFor();
  expect(await table.getByRole('row').count(), 'head and one key').toBe(2);
  expect(await member.getByRole('button', { name: 'Create API Key' }).count()).toBe(0);
  await expectAccessible(member);
});

step('Regenerate stops the old key immediately', async () => {
  await sidebar(member, 'My API key').click();
  await member.getByRole('button', { name: 'Regenerate', exact: true }).click();
  const dialog = member.getByRole('alertdialog', { name: 'Regenerate your API key?' });
  await expectAccessible(member);
  await dialog.getByRole('button', { name: 'Regenerate', exact: true }).click();
  await member.getByText(/Your old key is revoked\. Rejected on (\d+) of \1 gateways/).waitFor();
  const old = key;
  key = (await takeKeys(member)).secretKey;
  expect(await call(old)).toMatchObject({ status: 401, code: 'credential_revoked' });
  expect((await call()).status).toBe(200);
});

step('the member sets Allowed IPs and Allowed domains of their own key', async () => {
  await member.getByLabel('Allowed IPs', { exact: true }).fill('192.0.2.0/24');
  await submit(member, 'Save restrictions');
  expect(await call()).toMatchObject({ status: 403, code: 'ip_not_allowed' });
  await member.getByLabel('Allowed IPs', { exact: true }).fill('127.0.0.1\n::1');
  await member.getByLabel('Allowed domains', { exact: true }).fill('shop.example.com');
  await submit(member, 'Save restrictions');
  expect((await call(key, { Origin: 'https://shop.example.com' })).status).toBe(200);
  expect(await call(key, { Origin: 'https://www.example.com' })).toMatchObject({
    status: 403,
    code: 'domain_not_allowed',
  });
  await member.getByLabel('Allowed IPs', { exact: true }).fill('');
  await member.getByLabel('Allowed domains', { exact: true }).fill('');
  await submit(member, 'Save restrictions');
  expect((await call()).status).toBe(200);
  expect((await callGateway(`${demo.gatewayUrl}/weather/cities`, demo.credential.secretKey)).status).toBe(
    200,
  );
});

step('API ID access', async () => {
  await member.getByText(demo.team.apiId).waitFor();
  await member.getByRole('button', { name: 'Copy API ID' }).click();
  expect(await member.evaluate(() => navigator.clipboard.readText())).toBe(demo.team.apiId);
});

step('Password management: a new password, and the old one is rejected', async () => {
  await member.getByRole('link', { name: 'Open your profile' }).click();
  await member.getByRole('heading', { name: 'Password management' }).waitFor();
  await member.getByLabel('Current password', { exact: true }).fill(MEMBER.password);
  await member.getByLabel('New password', { exact: true }).fill(MEMBER.nextPassword);
  await member.getByRole('button', { name: 'Change password' }).click();
  await member.getByText('Password changed. You’re signed out everywhere else.').waitFor();
  const other = await openPage(browser, demo.portalUrl);
  await other.page.goto('/sign-in');
  await other.page.getByLabel('Email', { exact: true }).fill(MEMBER.email);
  await other.page.getByLabel('Password', { exact: true }).fill(MEMBER.password);
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
  await other.page.getByLabel('Password', { exact: true }).fill('');
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await other.page.getByText('Enter your password.').waitFor();
  await signIn(other.page, { email: MEMBER.email, password: MEMBER.nextPassword });
  await other.close();
});

step('Live API tester, with their own key only', async () => {
  await sidebar(member, 'API Tester').click();
  const credential = member.getByLabel('Credential', { exact: true });
  await credential.waitFor();
  expect(await credential.locator('option').count()).toBe(1);
  await member.getByRole('button', { name: 'Send request' }).click();
  const response = member
    .locator('section')
    .filter({ has: member.getByRole('heading', { name: 'Response' }) });
  await response.getByText('200', { exact: true }).first().waitFor();
  await expectAccessible(member);
});

step('Request Logs: their own requests only', async () => {
  await sidebar(member, 'Request Logs').click();
  await member.getByRole('heading', { level: 1, name: 'Request Logs' }).waitFor();
  const table = member.getByRole('table', { name: 'Request Logs' });
  await until(
    async () => {
      await member.reload();
      return (await table.getByText('/weather/cities/kyoto').count()) > 0;
    },
    'their request in the log',
    15_000,
  );
  expect(await member.getByText('/weather/cities/atlantis').count(), 'calls of the app').toBe(0);
  await expectAccessible(member);
});

step('the owner sees every request of the member on My Team, and in the team’s quota', async () => {
  await owner.goto(`/t/${demo.team.slug}`);
  const today = owner.getByRole('progressbar', { name: 'Daily quota used today' });
  const used = async () => Number(await today.getAttribute('aria-valuenow'));
  const before = await used();
  expect((await call(key, {}, '/weather/cities/lima')).status).toBe(200);
  await until(
    async () => {
      await owner.reload();
      return (await used()) === before + 1;
    },
    'the request in the quota',
    15_000,
  );
  await sidebar(owner, 'My Team').click();
  expect(
    Number(await rowOfMember().locator('td[data-label="Requests today"]').textContent()),
  ).toBeGreaterThan(3);
  await owner
    .getByRole('navigation', { name: 'My Team' })
    .getByRole('link', { name: 'Requests', exact: true })
    .click();
  const row = owner.getByRole('row').filter({ hasText: '/weather/cities/lima' });
  await row.getByText(MEMBER.name, { exact: true }).waitFor();
  await owner.getByRole('row').filter({ hasText: '/weather/cities/atlantis' }).first().waitFor();
  await expectAccessible(owner);
});

step('Suspend, Activate and Delete affect the member’s key immediately', async () => {
  await sidebar(owner, 'My Team').click();
  await chooseForMember('Suspend');
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Suspend', exact: true }).click();
  await owner.getByRole('alertdialog').waitFor({ state: 'detached' });
  await rowOfMember().getByText('Suspended').waitFor();
  expect(await call()).toMatchObject({ status: 401, code: 'member_suspended' });
  await member.goto(`/t/${demo.team.slug}/my-key`);
  expect(member.url(), 'closed, with the reason').toContain(`/suspended/${demo.team.slug}`);

  await chooseForMember('Activate');
  await rowOfMember().getByText('Active', { exact: true }).waitFor();
  expect((await call()).status).toBe(200);

  await chooseForMember('Remove');
  await owner.getByRole('alertdialog').getByRole('heading', { name: 'Revoked permanently' }).waitFor();
  await owner.getByRole('alertdialog').getByRole('button', { name: 'Delete member' }).click();
  await owner.getByRole('alertdialog').waitFor({ state: 'detached' });
  await rowOfMember().waitFor({ state: 'detached' });
  expect(await call()).toMatchObject({ status: 401, code: 'credential_revoked' });
});

step('no errors in either browser', async () => {
  expect(ownerErrors).toEqual([]);
  expect(memberErrors.filter((error) => !error.includes('/api/auth/callback'))).toEqual([]);
});
