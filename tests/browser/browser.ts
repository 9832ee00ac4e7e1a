import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium, type Browser } from "playwright-core";

const NAMES: readonly string[] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/** Starts the machine's Chromium. @throws Error when there is none, saying how to name one. */
export async function launchBrowser(): Promise<Browser> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const executablePath = process.env["CHROME_PATH"] ?? candidates.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      `These tests need Chromium: got none of ${NAMES.join(", ")} on PATH. Install one, or name it in CHROME_PATH.`,
    );
  }
  // A container's root user has no sandbox of Chromium's; only pages of this machine are opened.
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
}
