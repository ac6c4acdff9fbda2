import { expect, test } from 'vitest';
import { AUDIT_ACTIONS, auditEvents } from '#db/schema/audit.ts';
import { withDb } from '#tests/support/database.ts';
import { ACTION_GROUPS, actionLabel, actionsLabeled, changesOf, changeText } from './event-labels.ts';

test('an action has a label', () => {
  expect(actionLabel('credential.revoke')).toBe('revoked the key');
});

test('a search finds actions by their label', () => {
  expect(actionsLabeled('Revoked')).toEqual(['credential.revoke']);
  expect(actionsLabeled('nothing like it')).toEqual([]);
});

test('a change lists the fields that differ, with readable names', () => {
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

test('every action of a team has a group', () => {
  const prefixes: string[] = Object.values(ACTION_GROUPS).flatMap((group) => [...group.prefixes]);
  // These are not recorded for a team, or belong to no group.
  const ungrouped = ['account', 'session', 'operator', 'access', 'plan', 'api', 'job'];
  for (const action of AUDIT_ACTIONS) {
    const [prefix = ''] = action.split('.');
    expect(prefixes.includes(prefix), action).toBe(!ungrouped.includes(prefix));
  }
});

test(
  'the database rejects an unknown action and an unknown subject kind',
  withDb(async (db) => {
    const event = { actor: 'system', subjectKind: 'team', subjectId: 'x', action: 'team.edit' } as const;
    await db.insert(auditEvents).values(event);
    await expect(
      db.transaction((tx) => tx.insert(auditEvents).values({ ...event, action: 'team.explode' as never })),
    ).rejects.toThrow();
    await expect(
      db.transaction((tx) => tx.insert(auditEvents).values({ ...event, subjectKind: 'thing' as never })),
    ).rejects.toThrow();
  }),
);
