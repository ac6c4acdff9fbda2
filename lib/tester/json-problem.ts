/** The parser's message for invalid JSON, or null for valid JSON. */
export function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `Invalid JSON: ${error instanceof Error ? error.message : 'it can’t be parsed'}.`;
  }
}
