import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** In CSS pixels. */
export const sizes = [
  { name: "phone", width: 360, height: 740 },
  { name: "tablet", width: 768, height: 1024 },
  { name: "desktop", width: 1440, height: 900 },
] as const;

export function launch(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error("Chromium is missing. Install it: apt-get install -y chromium");
  // The sandbox needs a user who is not root.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** A file for a picture of a page, which CI keeps. */
export function screenshot(name: string): string {
  const folder = join(import.meta.dirname, "..", "..", "dist", "screenshots");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

/** What axe-core finds, by the rules of WCAG 2.2 AA and best practices, and whether the page scrolls sideways. */
export async function flawsOf(page: Page): Promise<string[]> {
  // As a file of the page's own would run: the policy permits no script inside the page.
  await page.evaluate(AXE);
  const found = await page.evaluate<string[]>(
    "axe.run(document).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`)))",
  );
  const scrolls = await page.evaluate<boolean>(
    "document.documentElement.scrollWidth > document.documentElement.clientWidth",
  );
  return scrolls ? [...found, "it scrolls sideways"] : found;
}
