const DAY_MS = 86_400_000;

/** Adds the UTC date to a clock. The text is built once a day. */
export function dayClock(nowMs: () => number) {
  let day = '';
  let startsAt = 0;
  let endsAt = 0;
  return {
    nowMs,
    day() {
      const now = nowMs();
      if (now < startsAt || now >= endsAt) {
        day = utcDay(now);
        startsAt = Date.parse(day);
        endsAt = startsAt + DAY_MS;
      }
      return day;
    },
  };
}

export const yesterdayOf = (nowMs: number): string => utcDay(nowMs - DAY_MS);

const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
