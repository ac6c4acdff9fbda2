/**
 * The number of characters that a value has as JSON, with everything that a YAML alias repeats. Values that are used
 * several times are measured once. Returns the reason if it is larger than the maximum, too deep or circular.
 */
export function expandedSize(root: unknown, { max, depth }: { max: number; depth: number }): number | string {
  const sizes = new Map<object, number>();
  const open = new Set<object>();
  const sizeOf = (value: unknown, level: number): number => {
    if (typeof value === 'string') return value.length + 2;
    if (typeof value !== 'object' || value === null) return 5;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) throw new Excess('A YAML anchor contains itself. Use $ref for circular references.');
    if (level > depth) throw new Excess(`The document is nested more than ${depth} levels deep.`);
    open.add(value);
    let size = 2;
    if (Array.isArray(value)) for (const item of value) size += 1 + sizeOf(item, level + 1);
    else for (const [key, inner] of Object.entries(value)) size += key.length + 4 + sizeOf(inner, level + 1);
    if (size > max)
      throw new Excess(`Its aliases expand to more than ${Math.round(max / 1024 / 1024)} MB of text.`);
    open.delete(value);
    sizes.set(value, size);
    return size;
  };
  try {
    return sizeOf(root, 0);
  } catch (error) {
    if (error instanceof Excess) return error.message;
    throw error;
  }
}

class Excess extends Error {}
