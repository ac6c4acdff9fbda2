/** Why a text is no JSON, in the words of the parser; null when it is. */
export function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : 'it can not be read'}.`;
  }
}
