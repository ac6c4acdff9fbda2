/** The smallest request ID of a time. IDs are UUIDv7 (RFC 9562) of the admission, so a time range is a range of IDs. */
export function firstIdAt(atMs: number): string {
  const hex = Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** When a request was admitted, in ms since the epoch, from its ID. */
export const timeOfId = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
