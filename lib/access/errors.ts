/** The actor isn't allowed to do this, but can know that it exists. */
export class Forbidden extends Error {
  override name = 'Forbidden';
  /** The action they attempted, as in the permissions table. */
  readonly action: string | null;

  constructor(message?: string, action: string | null = null) {
    super(message);
    this.action = action;
  }
}
