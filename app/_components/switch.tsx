'use client';

import { Switch as RadixSwitch } from 'radix-ui';

/** An on/off switch that applies immediately. Show the state as text next to it. With an `id`, a `<label>` can toggle it. */
export function Switch({
  id,
  checked,
  onCheckedChange,
  label,
  disabled = false,
}: {
  id?: string;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  label: string;
  disabled?: boolean;
}) {
  return (
    <RadixSwitch.Root
      id={id}
      checked={checked}
      onCheckedChange={onCheckedChange}
      aria-label={label}
      disabled={disabled}
      className="relative inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-line-strong transition-colors disabled:cursor-not-allowed disabled:opacity-50 data-[state=checked]:border-transparent data-[state=checked]:bg-accent"
    >
      <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-white transition-transform data-[state=checked]:translate-x-[17px]" />
    </RadixSwitch.Root>
  );
}
