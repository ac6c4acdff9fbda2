export type Details = { title: string; description: string };
type Draft = { details: Details; endpointIds: string[] };

const keyOf = (team: string) => `new-app:${team}`;

/** Keeps the entries of New App in this tab, so that they survive a reload. The server accepted them, so they have no secrets. */
export function saveDraft(team: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(keyOf(team), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(team));
  } catch {
    // Storage is full or turned off: a reload starts again.
  }
}

export function readDraft(team: string): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(team)) ?? 'null');
  } catch {
    return null; // Storage is turned off, so there is no draft.
  }
}
