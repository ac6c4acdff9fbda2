import type { User } from './member.ts';

declare const proven: unique symbol;

/** Someone who runs this installation. Only `asOperator` creates it. */
export type Operator = User & { readonly [proven]: true };

/**
 * The user as operator, or null. Where `requiresTwoFactor` is set, an operator without a second factor isn't one until
 * they set it up.
 */
export function asOperator(user: User, { requiresTwoFactor = false } = {}): Operator | null {
  if (!user.isOperator || (requiresTwoFactor && !user.hasSecondFactor)) return null;
  return user as Operator; // The brand only exists in types.
}
