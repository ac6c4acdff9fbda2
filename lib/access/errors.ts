/** The actor may not do this, and may know that it exists. */
export class Forbidden extends Error {
  override name = 'Forbidden';
  /** What he tried, as the permissions table names it. */
  readonly action: string | null;

  constructor(message?: string, action: string | null = null) {
    super(message);
    this.action = action;
  }
}
