import type { User } from './member.ts';

declare const proven: unique symbol;

/** Somebody who runs this installation. Only `asOperator` mints it. */
export type Operator = User & { readonly [proven]: true };

/** The user as operator, or null if he is none. */
export function asOperator(user: User): Operator | null {
  return user.isOperator ? (user as Operator) : null; // The brand exists in types only.
}
