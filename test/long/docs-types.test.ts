import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { root } from "../environments.ts";

interface Example {
  /** `docs/services.md:9`. */
  readonly description: string;
  /** The file that its first line names in a comment, else one beside its page. */
  readonly file: string;
  readonly text: string;
}

function examplesOf(page: string): Example[] {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```/gm)].map((match) => {
    const [, code = ""] = match;
    const line = text.slice(0, match.index).split("\n").length;
    const [, path = join(dirname(page), `example-${line}.ts`)] = /^\/\/ (\S+\.ts)\n/.exec(code) ?? [];
    return { description: `${page}:${line}`, file: join(root, path), text: code };
  });
}

const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.includes("node_modules"))
    .map((path) => join(folder, path));
const examples = ["README.md", "CONTRIBUTING.md", ...["docs", "examples", "test"].flatMap(pagesIn)].flatMap(examplesOf);

/** Compiles examples as if each were the file that it names, with the options of the project. */
function faultsIn(all: readonly Example[]): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => readFileSync(path, "utf8")) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const texts = new Map(all.map(({ file, text }) => [file, text]));
  const host = ts.createCompilerHost(options);
  const readHostFile = host.readFile.bind(host);
  const hostHasFile = host.fileExists.bind(host);
  host.readFile = (file) => texts.get(file) ?? readHostFile(file);
  host.fileExists = (file) => texts.has(file) || hostHasFile(file);
  const getHostSource = host.getSourceFile.bind(host);
  host.getSourceFile = (file, version, ...others) => {
    const text = texts.get(file);
    return text === undefined ? getHostSource(file, version, ...others) : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram({ rootNames: [...texts.keys()], options, host });
  return all.flatMap(({ description, file }) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${description}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

test("every TypeScript example of the documentation compiles", () => {
  expect(examples.length).toBeGreaterThanOrEqual(3);
  expect(faultsIn(examples)).toEqual([]);
});

test("no two examples stand for one file", () => {
  const files = examples.map(({ file }) => file);
  expect(files).toEqual([...new Set(files)]);
});

test("an example that does not compile is found", () => {
  const wrong =
    'import { Layer } from "promptops/constructs";\nimport { App } from "cdk8s";\nnew Layer(new App(), 1);\n';
  const [fault] = faultsIn([{ description: "page.md:1", file: join(root, "docs", "wrong.ts"), text: wrong }]);
  expect(fault).toMatch(/^page\.md:1: /);
});
