import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { explainUnusablePath } from "../../cli/unusable-path.ts";

/** What the system says of something. */
function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail.");
}

describe("an error of the file system", () => {
  test("names a path that cannot be used", () => {
    expect(explainUnusablePath(errorOf(() => writeFileSync("/", "x")))).toBe(
      "'/' cannot be used (EISDIR). Make it a file or a folder that you may read and write, and repeat.",
    );
  });

  test.runIf(process.platform === "linux")("says that the disk is full, also where it names no path", () => {
    const error = errorOf(() => {
      writeFileSync("/dev/full", "x");
    });
    expect(error).not.toHaveProperty("path");
    expect(explainUnusablePath(error)).toBe("There is no space left (ENOSPC). Free some, and repeat.");
    expect(explainUnusablePath({ code: "ENOSPC", path: "/from", dest: "/to" })).toBe(
      "There is no space left for '/to' (ENOSPC). Free some, and repeat.",
    );
  });

  test("of our own is not explained", () => {
    expect(explainUnusablePath(errorOf(() => JSON.parse("{")))).toBeUndefined();
  });
});
