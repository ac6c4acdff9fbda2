import { expect, test } from 'vitest';
import type { z } from 'zod';
import { ChangeName } from '#lib/accounts/change-name.ts';
import { SignUp } from '#lib/accounts/sign-up.ts';
import { AcceptAsNewPerson } from '#lib/invitations/accept-invitation.ts';
import { InviteMembers } from '#lib/invitations/input.ts';

/** Anyone can type a person's name, and it is in emails to others. Other names are made inert in `emails`. */

const password = 'violet canal ships at noon';
const email = 'ada@example.com';
const FORMS: [string, z.ZodType, (name: string) => unknown][] = [
  ['signing up', SignUp, (name) => ({ name, email, password })],
  ['changing your name', ChangeName, (name) => ({ name })],
  ['accepting an invitation', AcceptAsNewPerson, (name) => ({ token: 'x', name, password })],
  ['inviting people', InviteMembers, (name) => ({ people: [{ name, email }], role: 'member' })],
];
const LINKS = [
  ...['https://evil.example/win You won!', 'www.evil.example', 'Ada evil.com', 'evil。com', 'ftp://evil'],
  ...['eve@evil.example', 'HTTP://EVIL', 'evil.example/win'],
];
const NAMES = [
  'Ada Lovelace',
  'Dr. J.R.R. Tolkien',
  'St.John Smythe',
  'O’Neill',
  '李小龍',
  'Ann-Marie d’Arc, Jr.',
];

test.each(FORMS)(
  '%s: a name that is a web or email address is rejected, an ordinary one is not',
  (_, form, fill) => {
    for (const name of LINKS)
      expect(
        form.safeParse(fill(name)).error?.issues.map(({ message }) => message),
        name,
      ).toEqual(['A name can’t contain a web or email address.']);
    for (const name of NAMES) expect(form.safeParse(fill(name)).error, name).toBeUndefined();
  },
);
