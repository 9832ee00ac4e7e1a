import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A Pulumi project as its YAML files describe it. */
export interface Project {
  readonly name: string;
  /** File that holds the program, relative to the project's folder. @default index.ts, else index.js */
  readonly main: string;
  /** Settings of the stack by full name, defaults of the project included. */
  readonly config: Readonly<Record<string, string>>;
}

/** A file of settings that cannot be used; names the file and what is wrong with it. */
export class SettingsError extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = "SettingsError";
  }
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the real engine does.
 * @param variables replace `${name}` in settings.
 * @throws SettingsError
 */
export function readProject(folder: string, stack: string, variables: Readonly<Record<string, string>>): Project {
  const projectFile = join(folder, "Pulumi.yaml");
  if (!existsSync(projectFile))
    throw new SettingsError(
      projectFile,
      "not found; expected the project's description there. Run the command in the project's folder.",
    );
  const project = readYaml(projectFile);
  const name = project["name"];
  if (typeof name !== "string")
    throw new SettingsError(projectFile, '"name" is missing; expected the project\'s name, e.g. name: my-game.');
  const config: Record<string, string> = {};
  const settings = project["config"];
  if (isRecord(settings)) {
    for (const [key, declared] of Object.entries(settings)) {
      const fallback = isRecord(declared) ? (declared["default"] ?? declared["value"]) : declared;
      if (fallback !== undefined) config[fullName(name, key)] = asText(fallback);
    }
  }
  const stackFile = join(folder, `Pulumi.${stack}.yaml`);
  if (existsSync(stackFile)) {
    const values = readYaml(stackFile)["config"];
    if (isRecord(values))
      for (const [key, value] of Object.entries(values)) config[fullName(name, key)] = asText(value);
  }
  for (const [key, value] of Object.entries(config)) {
    config[key] = value.replace(/\$\{(\w+)\}/g, (whole, variable: string) => variables[variable] ?? whole);
  }
  const main = project["main"];
  return { name, main: typeof main === "string" ? main : defaultMain(folder), config };
}

/** A program in JavaScript needs no `main` either. */
function defaultMain(folder: string): string {
  return !existsSync(join(folder, "index.ts")) && existsSync(join(folder, "index.js")) ? "index.js" : "index.ts";
}

function readYaml(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"));
  } catch (error) {
    const [first = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new SettingsError(file, `not valid YAML: ${first.replace(/:$/, "")}`);
  }
  if (value === null) return {};
  if (!isRecord(value)) throw new SettingsError(file, "expected settings by name, e.g. config:");
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fullName(project: string, key: string): string {
  return key.includes(":") ? key : `${project}:${key}`;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
