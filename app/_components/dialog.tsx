'use client';

import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { AlertDialog as RadixAlert, Dialog as RadixDialog } from 'radix-ui';
import { type ReactNode, useId, useRef, useState } from 'react';
import { Button, IconButton } from './button.tsx';

const overlay = 'fixed inset-0 z-40 animate-appear bg-overlay';
const panel =
  'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 animate-appear flex-col rounded-xl border border-line bg-raised shadow-popover';

type Openness = { open?: boolean | undefined; onOpenChange?: ((open: boolean) => void) | undefined };

/** A dialog. Its title names the thing it acts on. Without `open` its trigger opens it. */
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

/** The row of buttons at the bottom of a dialog. */
function DialogFooter({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-wrap justify-end gap-2 rounded-b-xl border-t border-line px-5 py-3">
      {children}
    </div>
  );
}

/**
 * Asks before harm is done. It stays open while `onConfirm` runs and closes when that is done; `typeToConfirm`
 * asks for a word to be typed first, for great harm.
 */
export function ConfirmDialog({
  open,
  onOpenChange,
  trigger,
  title,
  description,
  confirmLabel,
  cancelLabel = 'Cancel',
  tone = 'danger',
  onConfirm,
  pending,
  typeToConfirm,
}: Openness & {
  trigger?: ReactNode;
  title: ReactNode;
  description: ReactNode;
  confirmLabel: string;
  /** For an act that is itself called cancelling. */
  cancelLabel?: string;
  tone?: 'danger' | 'primary';
  onConfirm: () => unknown;
  pending?: boolean;
  typeToConfirm?: string;
}) {
  const [ownOpen, setOwnOpen] = useState(false);
  const [running, setRunning] = useState(false);
  const [typed, setTyped] = useState('');
  const id = useId();
  const focusReturn = useFocusReturn(trigger !== undefined);
  const setOpen = (next: boolean) => {
    setTyped('');
    setOwnOpen(next);
    onOpenChange?.(next);
  };
  async function confirm() {
    setRunning(true);
    try {
      await onConfirm();
      setOpen(false);
    } finally {
      setRunning(false);
    }
  }
  const busy = pending || running;
  return (
    <RadixAlert.Root open={open ?? ownOpen} onOpenChange={(next) => !busy && setOpen(next)}>
      {trigger && <RadixAlert.Trigger asChild>{trigger}</RadixAlert.Trigger>}
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={overlay} />
        <RadixAlert.Content {...focusReturn} className={clsx(panel, 'max-w-md')}>
          <div className="min-h-0 overflow-y-auto px-5 pt-4 pb-5">
            <RadixAlert.Title className="text-lg font-semibold break-words">{title}</RadixAlert.Title>
            <RadixAlert.Description asChild>
              <div className="mt-1.5 text-muted">{description}</div>
            </RadixAlert.Description>
            {typeToConfirm && (
              <div className="mt-4 flex flex-col gap-1.5">
                <label htmlFor={id}>
                  Type <strong className="font-semibold break-all">{typeToConfirm}</strong> to confirm
                </label>
                <input
                  id={id}
                  className="control"
                  value={typed}
                  autoComplete="off"
                  onChange={(event) => setTyped(event.target.value)}
                />
              </div>
            )}
          </div>
          <DialogFooter>
            <RadixAlert.Cancel asChild>
              <Button disabled={busy}>{cancelLabel}</Button>
            </RadixAlert.Cancel>
            <Button
              variant={tone}
              pending={busy}
              disabled={typeToConfirm !== undefined && typed.trim() !== typeToConfirm}
              onClick={confirm}
            >
              {confirmLabel}
            </Button>
          </DialogFooter>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}

/**
 * Radix gives the focus back to a trigger only. Without one it goes to what had it before, or, where that is gone,
 * to the page's content; never away from where the opener has put it by then.
 */
function useFocusReturn(hasTrigger: boolean) {
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

/** Radix tells "not controlled" by absence, not by undefined. */
function openness({ open, onOpenChange }: Openness) {
  return { ...(open === undefined ? {} : { open }), ...(onOpenChange ? { onOpenChange } : {}) };
}
