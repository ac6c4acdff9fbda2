/** An email's text with its URLs as links. */
export function WithLinks({ text }: { text: string }) {
  return text.split(/(https?:\/\/\S+)/).map((part, i) =>
    i % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the text never changes
      <a key={i} href={part} className="text-accent underline underline-offset-4 break-all">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
