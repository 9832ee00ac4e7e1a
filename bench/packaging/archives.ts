import { zipSync } from "fflate";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { handBundle } from "../../components/shared/packaging";
import type { DeclaredResource } from "../../local/program";
import { filesOf, type PulumiAsset } from "../../local/services/lambda/code";
import type { TestStack } from "../../tests/helpers/local-stack";
import { handMade, type Constants } from "./by-hand";

/** One function, as it would be uploaded, and as made by hand. */
export interface Pair {
  readonly name: string;
  /** Name of the function in AWS. */
  readonly functionName: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly archive: string;
  readonly hand: string;
  /** Bytes of the zip file. */
  readonly archiveBytes: number;
  readonly handBytes: number;
}

const FUNCTION = "aws:lambda/function:Function";

/**
 * Every function of the program, or those named.
 * @param folder where the hand-made entries are written.
 * @throws Error when a function has no hand-made form.
 */
export async function pairs(stack: TestStack, folder: string, only?: readonly string[]): Promise<Pair[]> {
  const made = new Map(handMade(constantsOf(stack)).map((one) => [one.name, one.text]));
  const found: Pair[] = [];
  for (const resource of stack.stack.evaluation.resources) {
    if (resource.type !== FUNCTION || (only && !only.includes(resource.name))) continue;
    const text = made.get(resource.name);
    if (text === undefined)
      throw new Error(`bench/packaging/by-hand.ts has no form of the function "${resource.name}".`);
    const entry = join(folder, `${resource.name}.ts`);
    writeFileSync(entry, text);
    const archive = await archiveOf(resource);
    const { code: hand } = await handBundle(entry);
    found.push({
      name: resource.name,
      functionName: String(resource.state["name"]),
      variables: (resource.inputs["environment"] as { variables: Record<string, string> }).variables,
      archive,
      hand,
      archiveBytes: zipBytes(archive),
      handBytes: zipBytes(hand),
    });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

async function archiveOf(resource: DeclaredResource): Promise<string> {
  const files = await filesOf(resource.inputs["code"] as PulumiAsset);
  const index = files.get("index.js");
  if (!index || files.size !== 1) throw new Error(`The archive of "${resource.name}" is not one index.js.`);
  return index.toString("utf8");
}

/** The settings of the local stack that become constants. */
function constantsOf(stack: TestStack): Constants {
  return {
    issuer: `${stack.cloud.endpoint}/_local/issuer`,
    audience: "games-messaging-local",
    sender: { name: "Games Messaging", address: "hello@games-messaging.test" },
    recipients: ["*@players.test", "*@simulator.amazonses.com"],
  };
}

function zipBytes(code: string): number {
  return zipSync({ "index.js": Buffer.from(code) }, { level: 9 }).length;
}
