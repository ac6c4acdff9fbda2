/** The position of the control that was last used, by mouse or keyboard. A dialog keeps its confirming button away from it. */
let last: DOMRect | null = null;

const CONTROLS = 'button, a[href], label, input, [role="menuitem"], [role="switch"]';

if (typeof document !== 'undefined')
  document.addEventListener(
    'click',
    ({ target }) => {
      const control = target instanceof Element ? target.closest(CONTROLS) : null;
      if (control) last = control.getBoundingClientRect();
    },
    true,
  );

/** Whether an element covers any part of the last used control. */
export function coversFirstControl(element: Element): boolean {
  if (!last) return false;
  const { left, right, top, bottom } = element.getBoundingClientRect();
  return left < last.right && right > last.left && top < last.bottom && bottom > last.top;
}
