import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { CliError } from "../../../local/cli/errors";
import { lockStart } from "../../../local/cli/start-lock";

describe("The lock of a start", () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "games-messaging-lock-")), ".local");
    file = join(folder, "starting");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  it("lets one of two starts have the folder, and the other know who has it", () => {
    const release = lockStart(folder);
    expect(() => lockStart(folder)).to.throw(
      CliError,
      `A local stack is being started in this folder already (process ${process.pid}). Wait for it.`,
    );
    release();
    expect(existsSync(file)).to.equal(false);
    lockStart(folder)();
  });

  it("is taken from a start that was killed", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    lockStart(folder)();
    writeFileSync(file, String(pid));
    lockStart(folder)();
    expect(existsSync(file)).to.equal(false);
  });

  it("is taken from another process that has the id of one long gone, and from one killed while it wrote", () => {
    lockStart(folder)();
    for (const holder of [String(process.pid), ""]) {
      writeFileSync(file, holder);
      utimesSync(file, 0, 0);
      lockStart(folder)();
    }
    writeFileSync(file, "");
    expect(() => lockStart(folder)).to.throw(CliError, "being started in this folder already");
  });
});
