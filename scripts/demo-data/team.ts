import type { Trail } from './trail.ts';

/** The members of the demo team. */
export type CastName = 'owner' | 'admin' | 'member' | 'noor' | 'tom';
export type Person = { userId: string; memberId: string; name: string; email: string; ip: string };
export type People = Record<CastName, Person>;
export type Team = { id: string; slug: string; apiId: string; people: People; trail: Trail };
