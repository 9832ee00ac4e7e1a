import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A Pulumi project as its YAML files describe it. */
export interface Project {
  readonly name: string;
  /** File that holds the program, relative to the project's folder. */
  readonly main: string;
  /** Settings of the stack by full name, defaults of the project included. */
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml` as the real engine does.
 * @param variables replace `${name}` in settings.
 * @throws Error that names the file and what is wrong with it.
 */
export function readProject(folder: string, stack: string, variables: Readonly<Record<string, string>>): Project {
  const projectFile = join(folder, "Pulumi.yaml");
  if (!existsSync(projectFile))
    throw new Error(
      `${projectFile}: not found; expected the project's description there. Run the command in the project's folder.`,
    );
  const project = readYaml(projectFile);
  const name = project["name"];
  if (typeof name !== "string") throw new Error(`${projectFile}: "name" is missing; expected the project's name.`);
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
  return { name, main: typeof main === "string" ? main : "index.ts", config };
}

function readYaml(file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file}: not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(value)) throw new Error(`${file}: expected settings by name.`);
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
