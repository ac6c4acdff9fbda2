import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ACTION_GROUPS, actionsWorded, changesOf, changeText, wordingOf } from './event-labels.ts';

test('an action without wording is told by its name', () => {
  expect(wordingOf('credential.revoke')).toBe('revoked the key');
  expect(wordingOf('webhook.set_secret_url')).toBe('webhook: set secret url');
});

test('a search for words finds the actions that read so', () => {
  expect(actionsWorded('Revoked')).toEqual(['credential.revoke']);
  expect(actionsWorded('nothing like it')).toEqual([]);
});

test('only what differs is told, with the name of the field in words', () => {
  const changes = changesOf(
    { name: 'Old', allowedIps: ['::1'], dailyQuota: 5, same: 1, tags: ['a'], on: false, gone: 'x' },
    { name: 'New', allowedIps: [], dailyQuota: 6, same: 1, tags: [], on: true, added: '' },
  );
  expect(changes.map(changeText)).toEqual([
    'Name: Old → New',
    'Allowed IPs: ::1 → —',
    'Daily quota: 5 → 6',
    'Tags: a → —',
    'On: no → yes',
    'Gone: x → —',
    'Added: —',
  ]);
  expect(changesOf(null, null)).toEqual([]);
});

test('every action that a team verb records has wording and a group', () => {
  const prefixes: string[] = Object.values(ACTION_GROUPS).flatMap((group) => [...group.prefixes]);
  const rooms = ['teams', 'members', 'applications', 'credentials'];
  const recorded = rooms.flatMap((room) =>
    readdirSync(`lib/${room}`)
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(`lib/${room}/${file}`, 'utf8'))
      .filter((source) => source.includes('recordAudit('))
      .flatMap((source) =>
        [...source.matchAll(/recordAudit\([^;]*?'([a-z]+\.[a-z_]+)'/gs)].map((m) => m[1]!),
      ),
  );
  expect(recorded).toContain('credential.revoke');
  // Neither an account nor a plan is of a team: their lines stand in no team's log.
  for (const action of new Set(recorded.filter((name) => !/^(account|plan)\./.test(name)))) {
    expect(wordingOf(action), `${action} needs a line in WORDING`).not.toContain(':');
    expect(prefixes, action).toContain(action.split('.')[0]);
  }
});
