/** Text from documentation and examples. */
const PLACEHOLDER = /^(change-?me|secret|password|development|test|example)/i;
const DISTINCT_MIN = 10;
/** The order in which people type hexadecimal and base64 characters when they make up a secret. */
const ORDERS = ['0123456789abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm'];

/** Whether a secret is a placeholder, a repeated pattern or a sequence. In practice, a random one is never considered weak. */
export function isWeakSecret(value: string): boolean {
  const text = value.toLowerCase();
  return PLACEHOLDER.test(text) || new Set(text).size < DISTINCT_MIN || repeats(text) || isSequence(text);
}

/** Whether the text is a repeated pattern of at most half its length. */
function repeats(text: string): boolean {
  const half = Math.floor(text.length / 2);
  for (let period = 1; period <= half; period++) {
    const pattern = text.slice(0, period);
    if (pattern.repeat(Math.ceil(text.length / period)).startsWith(text)) return true;
  }
  return false;
}

/** Whether more than half of the characters follow the one before, as in `0123456789abcdef` or `fedcba98`. */
function isSequence(text: string): boolean {
  return ORDERS.some((order) => {
    let neighbors = 0;
    for (let i = 1; i < text.length; i++) {
      const [before, here] = [order.indexOf(text[i - 1]!), order.indexOf(text[i]!)];
      if (before >= 0 && here >= 0 && Math.abs(here - before) === 1) neighbors++;
    }
    return neighbors > (text.length - 1) / 2;
  });
}
