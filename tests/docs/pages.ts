import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "../..");

/** The text of a file of the repository. */
export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Files below folders of the repository, by their path in it. */
export function filesBelow(...folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`),
  );
}

/** Every page of the documentation. */
export function pages(): string[] {
  const top = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "local/README.md"];
  const below = filesBelow("docs", "local/services").filter((file) => file.endsWith(".md"));
  return [...top, ...below];
}

/** The first column of a page's tables, without its quotes; of the rows whose first cell is code. */
export function firstCells(page: string): string[] {
  return [...textOf(page).matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name);
}
