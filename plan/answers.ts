import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { digest, type Judgement } from "kubeconform-wasm";

/** The answer of kubeconform-wasm about one object. */
export interface Answer {
  readonly judgement: Judgement;
  /** What a JSON schema says, where the API server's code leaves the kind out. @default - that code knows it, or no schema does */
  readonly schema?: readonly string[];
}

/** Answers of earlier runs, by question: see `questionOf` in validate-objects.ts. */
export interface Answers {
  /** Whether there are any: if so, the code need not start before it is asked. */
  readonly some: boolean;
  find(question: string): Answer | undefined;
  /** Adds answers, and writes the file. A folder that cannot be written costs the time of asking again, and nothing else. */
  keep(answers: ReadonlyMap<string, Answer>): void;
}

/** The four environments of this repository have some 500 objects. */
const MAX_KEPT = 5000;

/**
 * Opens the answers that this machine keeps: `judgements.json` in `folder`.
 * @param folder - absolute. @default `$XDG_CACHE_HOME/promptops` (`~/.cache/promptops`)
 */
export function openAnswers(folder = cacheFolder()): Answers {
  const file = join(folder, "judgements.json");
  const code = digest();
  const kept = read(file, code);
  const keyOf = (question: string): string => createHash("sha256").update(question).digest("base64url");
  return {
    some: kept.size > 0,
    find: (question) => kept.get(keyOf(question)),
    keep(answers) {
      if (answers.size === 0) return;
      for (const [question, answer] of answers) kept.set(keyOf(question), answer);
      const latest = Object.fromEntries([...kept].slice(-MAX_KEPT));
      const unfinished = join(folder, `.judgements-${process.pid}.json`);
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(unfinished, JSON.stringify({ code, answers: latest }));
        // Another process may be reading.
        renameSync(unfinished, file);
      } catch {
        if (existsSync(unfinished)) rmSync(unfinished);
      }
    },
  };
}

let opened: Answers | undefined;

/** Those of this machine, read once in a process. */
export const keptAnswers = (): Answers => (opened ??= openAnswers());

const cacheFolder = (): string => join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "promptops");

/** Nothing where there is no such file, where it cannot be read, and where it is of other code. */
function read(file: string, code: string): Map<string, Answer> {
  try {
    const content = JSON.parse(readFileSync(file, "utf8")) as { code: string; answers: Record<string, Answer> };
    return new Map(content.code === code ? Object.entries(content.answers) : []);
  } catch {
    return new Map();
  }
}
