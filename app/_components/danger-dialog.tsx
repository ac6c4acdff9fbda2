'use client';

import { clsx } from 'clsx';
import { AlertDialog } from 'radix-ui';
import { type FormEvent, type ReactNode, useId, useLayoutEffect, useRef, useState } from 'react';
import type { ActionState } from '#app/_actions/action-state.ts';
import { reasonOf } from '#app/_actions/reason-of.ts';
import { tryAction } from '#app/_actions/try-action.ts';
import { Button } from './button.tsx';
import { DialogFooter, overlay, panel, useFocusReturn } from './dialog.tsx';
import { coversFirstControl } from './first-control.ts';
import { GuardedButton } from './guarded-button.tsx';

/** What an action returned. Without a value, or with `done`, the dialog closes. Otherwise it shows why and stays open. */
type Outcome = ActionState<unknown> | undefined;

type Body = {
  /** The name of the object. */
  title: ReactNode;
  description: ReactNode;
  confirmLabel: string;
  /** For an action that is itself called cancel. */
  cancelLabel?: string;
  tone?: 'danger' | 'primary';
  /** For severe actions: the name that has to be typed first. */
  typeToConfirm?: string;
  /** While the evidence is loading, confirming is disabled. */
  loading?: boolean;
  /** What is affected, and choices or fields. Their values are in the form that `onConfirm` gets. */
  children?: ReactNode;
  // biome-ignore lint/suspicious/noConfusingVoidType: a confirmation that calls no action returns nothing.
  onConfirm: (form: FormData) => Promise<Outcome | void> | void;
};

/**
 * Asks before a destructive action. The confirming button never appears where the last used control was, and ignores
 * the first half second. If the action fails, the dialog shows why and keeps its entries.
 */
export function DangerDialog({
  open,
  onOpenChange,
  trigger,
  ...body
}: Body & { open?: boolean; onOpenChange?: (open: boolean) => void; trigger?: ReactNode }) {
  const [ownOpen, setOwnOpen] = useState(false);
  const running = useRef(false);
  const focusReturn = useFocusReturn(trigger !== undefined);
  const setOpen = (next: boolean) => {
    setOwnOpen(next);
    onOpenChange?.(next);
  };
  return (
    <AlertDialog.Root open={open ?? ownOpen} onOpenChange={(next) => !running.current && setOpen(next)}>
      {trigger && <AlertDialog.Trigger asChild>{trigger}</AlertDialog.Trigger>}
      <AlertDialog.Portal>
        <AlertDialog.Overlay className={overlay} />
        <AlertDialog.Content {...focusReturn} className={clsx(panel, 'max-w-md')}>
          <DangerForm
            {...body}
            onRunning={(next) => {
              running.current = next;
            }}
            onClose={() => setOpen(false)}
          />
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

/** The same for a decision that isn't destructive but shouldn't be made by accident. */
export function ConfirmDialog(props: Parameters<typeof DangerDialog>[0]) {
  return <DangerDialog tone="primary" {...props} />;
}

function DangerForm({
  title,
  description,
  confirmLabel,
  cancelLabel = 'Cancel',
  tone = 'danger',
  typeToConfirm,
  loading = false,
  children,
  onConfirm,
  onRunning,
  onClose,
}: Body & { onRunning: (running: boolean) => void; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const { running, problem, canRetry, confirm } = useConfirm(onConfirm, onRunning, onClose);
  const footer = useRef<HTMLDivElement>(null);
  const isFlipped = useAwayFromFirstControl(footer);
  const matches = typeToConfirm === undefined || typed.trim() === typeToConfirm;

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    event.stopPropagation(); // React would pass it on to a form around the dialog.
    if (matches && !loading) void confirm(new FormData(event.currentTarget));
  }

  return (
    <form noValidate onSubmit={submit} className="flex min-h-0 flex-col">
      <div className="min-h-0 overflow-y-auto px-5 pt-4 pb-5">
        <AlertDialog.Title className="text-lg font-semibold break-words">{title}</AlertDialog.Title>
        <AlertDialog.Description asChild>
          <div className="mt-1.5 text-muted">{description}</div>
        </AlertDialog.Description>
        {children && (
          <div className="mt-4 flex flex-col gap-4" aria-busy={loading}>
            {children}
          </div>
        )}
        {typeToConfirm && <TypedName name={typeToConfirm} typed={typed} onType={setTyped} />}
      </div>
      <DialogFooter ref={footer} flipped={isFlipped}>
        {problem && (
          <p role="alert" className="w-full text-danger">
            {problem}
          </p>
        )}
        <AlertDialog.Cancel asChild>
          <Button disabled={running}>{cancelLabel}</Button>
        </AlertDialog.Cancel>
        <GuardedButton
          type="submit"
          variant={tone}
          pending={running}
          disabled={!matches || loading}
          data-confirm=""
        >
          {canRetry ? 'Try again' : confirmLabel}
        </GuardedButton>
      </DialogFooter>
    </form>
  );
}

function TypedName({
  name,
  typed,
  onType,
}: {
  name: string;
  typed: string;
  onType: (typed: string) => void;
}) {
  const id = useId();
  return (
    <div className="mt-4 flex flex-col gap-1.5">
      <label htmlFor={id}>
        Type <strong className="font-semibold break-all">{name}</strong> to confirm
      </label>
      <input
        id={id}
        className="control"
        value={typed}
        autoComplete="off"
        onChange={(event) => onType(event.target.value)}
      />
    </div>
  );
}

/** Runs one action at a time and keeps its error. */
function useConfirm(
  onConfirm: Body['onConfirm'],
  onRunning: (running: boolean) => void,
  onClose: () => void,
) {
  const [running, setRunning] = useState(false);
  const [outcome, setOutcome] = useState<ActionState<unknown> | null>(null);
  async function confirm(form: FormData) {
    if (running) return;
    setRunning(true);
    onRunning(true);
    try {
      const next = await tryAction<unknown>(
        async () => (await onConfirm(form)) ?? { status: 'done', value: undefined },
      );
      if (next.status === 'done') onClose();
      else setOutcome(next);
    } finally {
      onRunning(false);
      setRunning(false);
    }
  }
  return {
    running,
    problem: outcome && reasonOf(outcome),
    canRetry: outcome?.status === 'failed' && outcome.next === 'retry',
    confirm,
  };
}

/** Whether to swap the buttons so that the confirming one doesn't cover the control that was used last. */
function useAwayFromFirstControl(footer: { current: HTMLElement | null }): boolean {
  const [isFlipped, setFlipped] = useState(false);
  useLayoutEffect(() => {
    const confirm = footer.current?.querySelector('[data-confirm]');
    if (confirm && coversFirstControl(confirm)) setFlipped(true);
  }, [footer]);
  return isFlipped;
}
