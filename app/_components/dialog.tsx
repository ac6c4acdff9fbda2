'use client';

import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import { type ReactNode, type Ref, useRef } from 'react';
import { IconButton } from './button.tsx';

export const overlay = 'fixed inset-0 z-40 animate-appear bg-overlay';
export const panel =
  'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 animate-appear flex-col rounded-xl border border-line bg-raised shadow-popover';

type Openness = { open?: boolean | undefined; onOpenChange?: ((open: boolean) => void) | undefined };

/** A dialog. Its title names the object. Without `open`, its trigger opens it. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  trigger,
  footer,
  size = 'md',
  children,
}: Openness & {
  title: ReactNode;
  description?: ReactNode;
  trigger?: ReactNode;
  footer?: ReactNode;
  size?: 'md' | 'lg';
  children?: ReactNode;
}) {
  const focusReturn = useFocusReturn(trigger !== undefined);
  return (
    <RadixDialog.Root {...openness({ open, onOpenChange })}>
      {trigger && <RadixDialog.Trigger asChild>{trigger}</RadixDialog.Trigger>}
      <RadixDialog.Portal>
        <RadixDialog.Overlay className={overlay} />
        <RadixDialog.Content
          {...focusReturn}
          className={clsx(panel, size === 'lg' ? 'max-w-3xl' : 'max-w-lg')}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="pt-4 pr-14 pb-3 pl-5">
            <RadixDialog.Title className="text-lg font-semibold break-words">{title}</RadixDialog.Title>
            {description && (
              <RadixDialog.Description asChild>
                <div className="mt-1 text-muted">{description}</div>
              </RadixDialog.Description>
            )}
          </div>
          {children && <div className="min-h-0 overflow-y-auto px-5 pt-1 pb-5">{children}</div>}
          {footer && <DialogFooter>{footer}</DialogFooter>}
          {/* Last, so that a dialog that opens puts the focus on its first field. */}
          <RadixDialog.Close asChild>
            <IconButton label="Close" className="absolute top-3 right-3">
              <X aria-hidden="true" />
            </IconButton>
          </RadixDialog.Close>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

/** The row of buttons at the bottom of a dialog, the last one on the right; `flipped` puts it on the far left. */
export function DialogFooter({
  children,
  flipped = false,
  ref,
}: {
  children: ReactNode;
  flipped?: boolean;
  ref?: Ref<HTMLDivElement>;
}) {
  return (
    <div
      ref={ref}
      className={clsx(
        'flex flex-wrap gap-2 rounded-b-xl border-t border-line px-5 py-3',
        flipped ? 'flex-row-reverse justify-between' : 'justify-end',
      )}
    >
      {children}
    </div>
  );
}

/**
 * Radix returns the focus only to a trigger. Without one, it returns to the previous element or, if that was removed, to the
 * page's content, unless the opener has moved it.
 */
export function useFocusReturn(hasTrigger: boolean) {
  const before = useRef<Element | null>(null);
  if (hasTrigger) return {};
  return {
    onOpenAutoFocus: () => {
      before.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      if (document.activeElement !== document.body) return;
      if (before.current instanceof HTMLElement && before.current !== document.body)
        before.current.focus({ preventScroll: true });
      if (document.activeElement === document.body)
        document.getElementById('content')?.focus({ preventScroll: true });
    },
  };
}

/** For Radix, an absent prop means "not controlled"; undefined doesn't. */
function openness({ open, onOpenChange }: Openness) {
  return { ...(open === undefined ? {} : { open }), ...(onOpenChange ? { onOpenChange } : {}) };
}
