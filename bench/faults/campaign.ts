import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalIssuer } from "../../local/issuer";
import { ENDPOINT, Image, START } from "./image";
import { NAMES, run, type RunResult } from "./run";

/** What all seeds of a process share: the evaluated program, the issuer, the players' tokens. */
export class Campaign {
  private constructor(
    readonly image: Image,
    readonly issuer: LocalIssuer,
    readonly tokens: ReadonlyMap<string, string>,
    private readonly folder: string,
  ) {}

  static async prepare(): Promise<Campaign> {
    const folder = mkdtempSync(join(tmpdir(), "faults-"));
    const image = await Image.evaluate(folder);
    const issuer = await LocalIssuer.create(() => START);
    const tokens = new Map<string, string>();
    for (const name of NAMES) tokens.set(name, await issuer.token(ENDPOINT, name));
    return new Campaign(image, issuer, tokens, folder);
  }

  run(seed: number, verbose = false): Promise<RunResult> {
    return run({ seed, image: this.image, issuer: this.issuer, tokens: this.tokens, verbose });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
