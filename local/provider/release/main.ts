import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { recordOf, RELEASES } from "./record";

/** `npm run release:record`: writes what the program declares now as the release that package.json names. */
async function main(): Promise<void> {
  const folder = resolve(__dirname, "../../..");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  const file = join(RELEASES, `${version}.json`);
  const heading = new RegExp(`^## \\[${version.replaceAll(".", "\\.")}\\] - (.+)$`, "m");
  const date = heading.exec(readFileSync(join(folder, "CHANGELOG.md"), "utf8"))?.[1];
  if (date === undefined)
    throw new Error(
      `CHANGELOG.md: got no heading "## [${version}] - <date>"; expected one. Write the release's entry.`,
    );
  if (existsSync(join(folder, file)) && date !== "Unreleased")
    throw new Error(
      `${file}: ${version} was released on ${date} and is on record; expected a new version. ` +
        `Raise "version" in package.json.`,
    );
  const release = await recordOf(folder, version);
  mkdirSync(join(folder, RELEASES), { recursive: true });
  writeFileSync(join(folder, file), `${JSON.stringify(release, null, 2)}\n`);
  const counts = Object.entries(release.stacks).map(
    ([stack, { resources }]) => `${Object.keys(resources).length} of ${stack}`,
  );
  process.stdout.write(`${file}: ${counts.join(", ")}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // Functions may still be being packaged.
  process.exit(1);
});
