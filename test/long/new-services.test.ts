import { expect, test } from "vitest";
import { copyProject } from "../cli/project-copy.ts";
import { environmentNames } from "../environments.ts";

const { promptops } = copyProject();

test("two new services leave every proof of every environment as it was", async () => {
  const verdicts = async (): Promise<string[]> => {
    const { text } = await promptops("check");
    for (const name of environmentNames)
      for (const proof of ["fits-nodes", "fits-connections"])
        expect(text).toMatch(new RegExp(`^${name} +${proof} +holds$`, "m"));
    return text
      .split("\n")
      .filter((line) => / (require|valid|fits|no)-/.test(line) && !line.endsWith(" holds"))
      .toSorted();
  };
  const before = await verdicts();
  for (const name of ["invoices", "audits"]) expect((await promptops("new", "service", name)).code).toBe(0);
  expect(await verdicts()).toEqual(before);
});
