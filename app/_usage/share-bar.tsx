/** A decorative bar for the share of the largest value. The number beside it carries the meaning. */
export function ShareBar({ value, of }: { value: number; of: number }) {
  return (
    <span aria-hidden="true" className="hidden h-1.5 w-24 rounded-full bg-sunken sm:inline-block">
      <span
        className="block h-full rounded-full bg-accent"
        style={{ width: `${of > 0 ? Math.max(2, (value / of) * 100) : 0}%` }}
      />
    </span>
  );
}
