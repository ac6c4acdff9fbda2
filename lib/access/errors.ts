/** The actor may not do this, and may know that it exists. */
export class Forbidden extends Error {
  override name = 'Forbidden';
}

/** It does not exist, or not for this actor: the two look alike. */
export class NotFound extends Error {
  override name = 'NotFound';
}

/** Nobody is signed in. */
export class Unauthenticated extends Error {
  override name = 'Unauthenticated';
}
