import { expect } from "chai";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { filesBelow, pages, ROOT, textOf } from "./pages";

/** Links of a page that stay inside the repository. */
function linksOf(page: string): string[] {
  return [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe("Documentation", () => {
  for (const page of pages()) {
    it(`${page} names only npm scripts that exist`, () => {
      const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
      const named = [...textOf(page).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name]) => name);
      expect(Object.keys(scripts)).to.include.members([...new Set(named)]);
    });

    it(`${page} links only to what is there`, () => {
      for (const link of linksOf(page)) {
        const [path = "", anchor] = link.split("#");
        const target = path === "" ? page : normalize(join(dirname(page), path));
        expect(existsSync(join(ROOT, target)), `${page} links to ${link}`).to.equal(true);
        if (anchor !== undefined) expect(anchorsOf(target), `${page} links to ${link}`).to.include(anchor);
      }
    });
  }

  it("ARCHITECTURE.md has every folder on its map", () => {
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const own = folders.map(({ name }) => name).filter((name) => !/^(\.|node_modules$|dist$|coverage$)/.test(name));
    expect(own).to.include("components");
    for (const name of own) expect(textOf("ARCHITECTURE.md"), name).to.contain(`\n| \`${name}/`);
  });

  it("ARCHITECTURE.md names only files that exist", () => {
    const files = filesBelow("components", "local", "policies", "privilege", "tests", "bench", "examples", "docs");
    for (const [, name = ""] of textOf("ARCHITECTURE.md").matchAll(/`([\w./-]+\.ts)`/g)) {
      const found = existsSync(join(ROOT, name)) || files.some((file) => file.endsWith(`/${name}`));
      expect(found, `ARCHITECTURE.md names ${name}`).to.equal(true);
    }
  });

  it("local/README.md has a section for every service", () => {
    const services = filesBelow("local/services")
      .filter((file) => statSync(join(ROOT, file)).isDirectory() && file.split("/").length === 3)
      .map((folder) => folder.split("/")[2]);
    expect(anchorsOf("local/README.md")).to.include.members(services);
  });

  it("every how-to, decision and reference page is in the table of contents of its folder", () => {
    const contents = textOf("docs/README.md") + textOf("docs/decisions/README.md");
    for (const page of pages().filter((file) => file.startsWith("docs/") && !file.endsWith("README.md"))) {
      expect(contents, page).to.contain(page.split("/").at(-1));
    }
  });
});
