import { createHash } from "node:crypto";

const WORDS =
  "the of and a to in is it you that he was for on are with as his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find".split(
    " ",
  );

/** The answer to a prompt: always the same for the same one, and never the same for two. */
export function answerTo(prompt: string, tokens: number): string[] {
  let state = createHash("sha256").update(prompt).digest().readUInt32LE();
  return Array.from({ length: tokens }, (_, index) => {
    // Numerical Recipes' linear congruential generator: all that is needed is that it repeats.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word = WORDS[(state >>> 8) % WORDS.length] ?? "";
    return index === 0 ? word : ` ${word}`;
  });
}

/** Tokens of a text, near enough for a count: words. */
export const countTokens = (text: string): number => text.split(/\s+/).filter(Boolean).length;
