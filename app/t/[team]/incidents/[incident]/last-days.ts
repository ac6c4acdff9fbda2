const DAY_MS = 86_400_000;
const utcDay = (moment: number) => new Date(moment).toISOString().slice(0, 10);

/** Every monitored UTC day up to today, with 0 for days without requests. */
export function lastDays(
  known: readonly { day: string; refused: number }[],
  from: Date,
  until: Date,
  now = Date.now(),
): { day: string; refused: number }[] {
  const byDay = new Map(known.map(({ day, refused }) => [day, refused]));
  const days: { day: string; refused: number }[] = [];
  const last = utcDay(Math.min(until.getTime(), now));
  for (let moment = from.getTime(); utcDay(moment) <= last && days.length < 60; moment += DAY_MS)
    days.push({ day: utcDay(moment), refused: byDay.get(utcDay(moment)) ?? 0 });
  return days;
}
