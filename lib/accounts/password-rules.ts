import { z } from 'zod';

/** In code points. Nothing is truncated or trimmed, and no kind of character is required (NIST SP 800-63B-4; ASVS 6.2). */
export const PASSWORD_MIN = 15;
const PASSWORD_MAX = 128;
/** A limit in UTF-16 units that is cheap to check: 128 code points are never longer. */
export const PASSWORD_UNITS_MAX = 2 * PASSWORD_MAX;

/** Parts of leaked long passwords. A password made only of these, repeated or numbered, is rejected. */
const COMMON = [
  'password',
  'passwort',
  'passw0rd',
  'p@ssw0rd',
  'p@ssword',
  'qwertyuiop',
  'qwerty',
  'qwertz',
  'azerty',
  'asdfghjkl',
  'asdfgh',
  'zxcvbnm',
  '1q2w3e4r5t6y7u8i9o0p',
  '1qaz2wsx3edc4rfv',
  '1q2w3e4r',
  '1qaz2wsx',
  'letmein',
  'welcome',
  'admin',
  'administrator',
  'iloveyou',
  'monkey',
  'dragon',
  'football',
  'baseball',
  'superman',
  'batman',
  'princess',
  'sunshine',
  'master',
  'shadow',
  'michael',
  'jordan',
  'charlie',
  'trustno1',
  'changeme',
  'secret',
  'default',
  'login',
  'abc123',
  'test',
  'user',
  'guest',
  'root',
  'hello',
  'whatever',
  'starwars',
  'correcthorsebatterystaple',
  'correct horse battery staple',
  'thequickbrownfox',
  'the quick brown fox',
  'latchkey',
  'apikey',
  'partner',
  'portal',
  'gateway',
];

export const TOO_LONG = `Use at most ${PASSWORD_MAX} characters.`;

const SEQUENCES = [
  '0123456789012345678901234567890',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklm',
  'qwertyuiopasdfghjklzxcvbnm',
  '1234567890qwertyuiopasdfghjkl',
];

/** Why a password is rejected, or null. `personal` has words an attacker would try first: name and email. */
export function weakness(password: string, personal: readonly string[] = []): string | null {
  if (password.length > PASSWORD_UNITS_MAX) return TOO_LONG;
  const length = [...password].length;
  if (length < PASSWORD_MIN)
    return `Use at least ${PASSWORD_MIN} characters. A few unrelated words are easy to remember.`;
  if (length > PASSWORD_MAX) return TOO_LONG;
  const lower = password.toLowerCase();
  if (new Set(lower).size < 5) return 'Use a wider mix of characters. This password is easy to guess.';
  if (SEQUENCES.some((run) => run.includes(lower) || [...run].reverse().join('').includes(lower)))
    return 'Avoid keyboard rows and sequences. They’re easy to guess.';
  const words = [...COMMON, ...personal.flatMap(wordsOf)].sort((a, b) => b.length - a.length);
  let rest = lower;
  for (const word of words) rest = rest.replaceAll(word, '');
  // What remains besides well-known words must be strong enough by itself.
  if (rest.replace(/[\d\s!@#$%^&*._-]/g, '').length < 5 && rest.length < lower.length) {
    return 'This password consists of common passwords, your name or your email address.';
  }
  if (/^(.{1,8})\1+.{0,8}$/su.test(lower) && lower.length < 40)
    return 'Avoid repeating a short pattern. It’s easy to guess.';
  return null;
}

const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 3);

/** Describes the strength of a password for the form. */
export function strengthInWords(password: string): string {
  if (!password) return `At least ${PASSWORD_MIN} characters; spaces and all characters are allowed.`;
  return weakness(password) ?? ([...password].length >= 24 ? 'Strong.' : 'Good.');
}

/** A password as proof of identity: no rules apply, but values that can't be a password are rejected before hashing. */
export const GivenPassword = z
  .string({ error: 'Enter your password.' })
  .min(1, 'Enter your password.')
  .max(PASSWORD_UNITS_MAX, { abort: true, message: TOO_LONG })
  .refine((password) => [...password].length <= PASSWORD_MAX, TOO_LONG);
