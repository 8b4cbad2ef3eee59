import { describe, expect, test } from "vitest";
import { requireNodeHost } from "./requirements.ts";

describe("a computer that cannot run nodes is told", () => {
  test("that they need root", () => {
    expect(() => requireNodeHost({ uid: 1000, exists: () => true })).toThrow("Run 'npm run test:nodes' as root.");
  });

  test("which packages of Debian are missing", () => {
    const exists = (path: string): boolean => !["/usr/sbin/runc", "/usr/lib/cni/ptp"].includes(path);
    expect(() => requireNodeHost({ uid: 0, exists })).toThrow(
      "Run 'apt-get install --no-install-recommends containernetworking-plugins runc'.",
    );
  });

  test("which hierarchies of cgroup v1 are missing", () => {
    const exists = (path: string): boolean => path !== "/sys/fs/cgroup/freezer";
    expect(() => requireNodeHost({ uid: 0, exists })).toThrow("/sys/fs/cgroup/freezer is not mounted");
  });
});
