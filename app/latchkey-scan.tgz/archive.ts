import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** A gzipped tar archive (POSIX ustar) of small files, like that of `npm pack`. The bytes are the same each time. */
export function archive(
  files: readonly { name: string; content: Uint8Array; executable: boolean }[],
): Buffer {
  const blocks = files.flatMap(({ name, content, executable }) => [
    header(name, content.byteLength, executable),
    content,
    Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]));
}

/** Numbers are octal. The checksum is the sum of the header's bytes, with spaces in its own place. */
function header(name: string, size: number, executable: boolean): Buffer {
  const block = Buffer.alloc(BLOCK);
  const put = (text: string, at: number) => block.write(text, at, 'latin1');
  put(name, 0);
  put(executable ? '0000755\0' : '0000644\0', 100);
  put('0000000\0', 108);
  put('0000000\0', 116);
  put(`${size.toString(8).padStart(11, '0')}\0`, 124);
  put('00000000000\0', 136);
  put('        ', 148);
  put('0', 156);
  put('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
