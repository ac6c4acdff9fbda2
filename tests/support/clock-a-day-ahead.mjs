// Preloaded into a process whose clock is a day wrong. What counts time in it must go by the database's clock.
const DAY_MS = 86_400_000;
const RealDate = Date;
const realNow = Date.now;

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(realNow() + DAY_MS);
    else super(...args);
  }

  static now() {
    return realNow() + DAY_MS;
  }
};
