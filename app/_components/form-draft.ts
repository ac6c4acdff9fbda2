/** Keeps the entries of a form while its page is reloaded, except passwords, codes, keys and files. */

const SECRETS = /secret|password|^current$|code|headerValue|key$/i;
const FIELDS = 'input[name], textarea[name], select[name]';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
type Draft = [name: string, value: string, checked: boolean | null][];

export function saveDraft(form: HTMLFormElement): void {
  const draft: Draft = controlsOf(form)
    .filter(({ value }) => !value.includes('lk_sk_'))
    .map((control) => [control.name, control.value, isTicked(control)]);
  try {
    sessionStorage.setItem(keyOf(form), JSON.stringify(draft));
  } catch {
    // Storage is full or turned off: the page reloads without the draft.
  }
}

/** Fills a form with its entries from before the reload, once. */
export function restoreDraft(form: HTMLFormElement): void {
  let draft: Draft;
  try {
    draft = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? '[]');
    sessionStorage.removeItem(keyOf(form));
  } catch {
    return; // Storage is turned off, so there is no draft.
  }
  const controls = controlsOf(form);
  for (const [name, value, checked] of draft) {
    const control = controls.find((it) => it.name === name && (checked === null || it.value === value));
    if (control) fill(control, value, checked);
  }
}

const controlsOf = (form: HTMLFormElement) =>
  [...form.querySelectorAll<Control>(FIELDS)].filter(
    ({ name, type }) => !['hidden', 'password', 'file'].includes(type) && !SECRETS.test(name),
  );

/** Identifies a form of the page by the names of its fields. */
const keyOf = (form: HTMLFormElement) =>
  `draft:${window.location.pathname}:${[...new Set(controlsOf(form).map(({ name }) => name))].join(',')}`;

const isTicked = (control: Control) =>
  control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type)
    ? control.checked
    : null;

/** Sets a value the way typing does, so that React notices. */
function fill(control: Control, value: string, checked: boolean | null): void {
  if (checked !== null) {
    if (
      control instanceof HTMLInputElement &&
      control.checked !== checked &&
      (checked || control.type !== 'radio')
    )
      control.click();
    return;
  }
  if (control.value === value) return;
  const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), 'value')?.set;
  setter?.call(control, value);
  control.dispatchEvent(
    new Event(control instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }),
  );
}
