import type { NewItemInput } from "../api/openapi.d.ts";

/** Items in a text with a JSON object per line. Throws an Error that names the line that is none. The API checks the rest. */
export const parseItems = (text: string): NewItemInput[] =>
  text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as NewItemInput];
    } catch (error) {
      throw new Error(`Line ${index + 1} is no JSON: ${(error as Error).message}`, { cause: error });
    }
  });
