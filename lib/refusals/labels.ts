import { REASONS, type Reason } from './reasons.ts';

/** A reason on record for people: its title, its code and what it means. One of another version has only its code. */
export function reasonWords(code: string): string {
  if (!isReason(code)) return code;
  const { title, detail } = REASONS[code];
  return `${title} (${code}). ${detail}`;
}

const isReason = (code: string): code is Reason => Object.hasOwn(REASONS, code);
