/**
 * A value that exists once per process. Next loads a module once per bundle, so a module variable would exist several
 * times. This one is stored on the global object. `name` must be unique across the code base.
 */
export function slot<T>(name: string, create: () => T): T {
  const slots = (globalThis as { latchkeySlots?: Map<string, unknown> }).latchkeySlots ?? register();
  if (!slots.has(name)) slots.set(name, create());
  return slots.get(name) as T; // Only this function writes it, and a name has one type.
}

function register(): Map<string, unknown> {
  const slots = new Map<string, unknown>();
  (globalThis as { latchkeySlots?: Map<string, unknown> }).latchkeySlots = slots;
  return slots;
}
