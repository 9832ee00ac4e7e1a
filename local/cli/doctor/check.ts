import type { Operations } from "../../../components/operations/operations";
import type { StackFile } from "../../stack-file";
import type { AwsClients } from "../access/aws-clients";
import { explainAwsFailure } from "../access/aws-failure";
import { CliError } from "../errors";

/** What a check found. */
export interface Verdict {
  readonly verdict: "ok" | "to do" | "cannot see";
  readonly detail: string;
  /** What a person does about it. */
  readonly fix?: string;
  /** Whether mail, messages or the deployment fail without it. @default true */
  readonly must?: boolean;
}

/** A verdict with what it is about. */
export interface Finding extends Verdict {
  readonly section: string;
  readonly title: string;
}

/** What is outside: names in the DNS, pages, other programs. */
export interface World {
  /** Records of a name; none where there are none. @throws when the DNS cannot be asked. */
  lookUp(type: "CNAME" | "MX" | "TXT", name: string): Promise<readonly string[]>;
  fetch(url: string): Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;
  /** The first line that a program says. @throws CliError when it is not there. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  readonly nodeVersion: string;
}

/** What checks may ask. */
export interface Patient {
  readonly world: World;
  /** Name of the Pulumi stack; undefined for the local one. */
  readonly stack: string | undefined;
  readonly local: StackFile | undefined;
  /** Settings of the stack by name, without the project's. */
  readonly settings: Readonly<Record<string, string>> | undefined;
  /** Undefined when no Region or no stack is known. */
  readonly aws: AwsClients | undefined;
  /** Undefined when the stack has not been deployed. */
  readonly operations: Operations | undefined;
}

export interface Check {
  readonly section: string;
  readonly title: string;
  /** Undefined when there is nothing to check, e.g. no e-mail in the stack. */
  readonly look: (patient: Patient) => Promise<Verdict | undefined>;
}

/** A patient whose stack is there. */
export interface Deployed extends Patient {
  readonly aws: AwsClients;
  readonly operations: Operations;
}

/** A check that needs a deployed stack, and is left out without one. */
export function ofStack(look: (patient: Deployed) => Promise<Verdict | undefined>): Check["look"] {
  return (patient) => {
    const { aws, operations } = patient;
    return aws && operations ? look({ ...patient, aws, operations }) : Promise.resolve(undefined);
  };
}

/** A check that needs credentials alone. */
export function ofAccount(look: (patient: Patient & { readonly aws: AwsClients }) => Promise<Verdict>): Check["look"] {
  return (patient) => {
    const { aws } = patient;
    return aws ? look({ ...patient, aws }) : Promise.resolve(undefined);
  };
}

/** Whether real players are reached. */
export function isProduction({ operations, settings }: Patient): boolean {
  return operations?.emails?.production ?? settings?.["environment"] === "production";
}

export function ok(detail: string): Verdict {
  return { verdict: "ok", detail };
}

export function toDo(detail: string, fix: string, must = true): Verdict {
  return { verdict: "to do", detail, fix, must };
}

export function cannotSee(detail: string, fix?: string): Verdict {
  return { verdict: "cannot see", detail, ...(fix === undefined ? {} : { fix }) };
}

/** Title of the check without which there are no others of AWS. */
export const CREDENTIALS = "credentials";

function rest(checks: readonly Check[], title: string): readonly Check[] {
  return checks.slice(checks.findIndex((check) => check.title === title) + 1);
}

/** Looks at everything; what AWS does not let us see is said so, and stops nothing. */
export async function examine(checks: readonly Check[], patient: Patient): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { section, title, look } of checks) {
    const verdict = await look(patient).catch((error: unknown): Verdict => cannotSee(sentence(error)));
    if (verdict) findings.push({ section, title, ...verdict });
    // Without credentials nothing of AWS can be seen: said once.
    if (title === CREDENTIALS && verdict?.verdict === "cannot see")
      return [...findings, ...(await examine(rest(checks, title), { ...patient, aws: undefined }))];
  }
  return findings;
}

function sentence(error: unknown): string {
  const known = error instanceof CliError ? error : explainAwsFailure(error);
  return known?.message ?? (error instanceof Error ? error.message : String(error));
}
