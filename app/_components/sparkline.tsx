const WIDTH = 300;
const HEIGHT = 48;

/** A row of bars, oldest first. `label` describes them as text; `titles` name each bar on hover. */
export function Sparkline({
  values,
  label,
  titles,
  height = HEIGHT,
}: {
  values: readonly number[];
  label: string;
  titles?: readonly string[];
  height?: number;
}) {
  const highest = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block w-full overflow-visible"
      style={{ height }}
    >
      {values.map((value, index) => {
        const tall = value === 0 ? 1.5 : Math.max(3, (value / highest) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is identified by its position.
            key={index}
            x={index * step + step * 0.14}
            y={HEIGHT - tall}
            width={step * 0.72}
            height={tall}
            className={value === 0 ? 'fill-line-strong opacity-50' : 'fill-(--background-color-accent)'}
          >
            {titles?.[index] && <title>{titles[index]}</title>}
          </rect>
        );
      })}
    </svg>
  );
}
