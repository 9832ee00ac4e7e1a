import "./lighten";
import { createHash } from "node:crypto";
import { sep } from "node:path";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Cloud } from "./cloud";
import { drained } from "./declare";
import "./light-pulumi";
import { ProgramPlaces } from "./program-place";
import type { Created, InvokeType, Json, ResourceContext, ResourceType } from "./service";

export interface ProgramOptions {
  readonly project: string;
  readonly stack: string;
  /** Settings by full name, e.g. `games-messaging:issuer`. */
  readonly config: Readonly<Record<string, string>>;
  /** Loads the program's module and returns what it exports. */
  readonly load: () => unknown;
  /** Folder of the program, for the lines that errors name. @default the process's folder */
  readonly folder?: string;
}

/** A resource that the program declared and the cloud made. */
export interface DeclaredResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly inputs: Json;
  readonly id: string;
  readonly state: Json;
  /** Whether the local cloud plays the type; if not, its outputs are its inputs. */
  readonly played: boolean;
}

/** What one evaluation of the program came to. */
export interface Evaluation {
  readonly resources: readonly DeclaredResource[];
  /** The stack's outputs, resolved. */
  readonly outputs: Json;
  /** Types of `aws` that the program declares and the cloud does not play. */
  readonly unplayed: readonly string[];
  /** Resources whose inputs changed since the evaluation before. */
  readonly changed: readonly DeclaredResource[];
  /** Resources that no evaluation before declared; at the first, all. */
  readonly added: readonly DeclaredResource[];
}

/** Why a program could not be evaluated: every failed resource, each with its own message. */
export class ProgramError extends Error {
  constructor(readonly failures: readonly Error[]) {
    super(failures.map((failure) => failure.message).join("\n"));
    this.name = "ProgramError";
  }
}

/**
 * Evaluates a Pulumi program in this process through Pulumi's test monitor, each resource made real by the service that
 * plays its type. Evaluating again updates what changed and leaves all else as it is.
 */
export class Program {
  private readonly known = new Map<string, DeclaredResource>();
  private readonly types = new Map<string, ResourceType>();
  private readonly invokes = new Map<string, InvokeType>();
  /** While the program runs only to find where it fails. */
  private isLocating = false;

  constructor(
    private readonly cloud: Cloud,
    private readonly options: ProgramOptions,
  ) {
    for (const service of cloud.services.values()) {
      for (const [type, resource] of Object.entries(service.resourceTypes)) this.types.set(type, resource);
      for (const [token, invoke] of Object.entries(service.invokes ?? {})) this.invokes.set(token, invoke);
    }
  }

  /** @throws ProgramError with every failure of the program or of a resource. */
  async evaluate(): Promise<Evaluation> {
    const failures: Error[] = [];
    const resources: DeclaredResource[] = [];
    const changed: DeclaredResource[] = [];
    const added: DeclaredResource[] = [];
    const fail = (error: unknown, place?: string): void => {
      const cause = error instanceof Error ? error : new Error(String(error));
      // What waits for a failed resource fails too; only the first cause helps.
      if (failures.length > 0 && FOLLOW_UP.test(cause.message)) return;
      const message = this.explain(cause, place);
      if (!failures.some((other) => other.message === message)) failures.push(new Error(message, { cause }));
    };
    // Pulumi reports what goes wrong in an `apply` or in an argument's promise as an unhandled rejection, nowhere else.
    const rejected = (error: unknown): void => {
      if (!this.isLocating) fail(error);
    };
    process.on("unhandledRejection", rejected);
    // Pulumi notes a stack with each of its promises, thousands of them; mapping each to TypeScript would take seconds.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      const { project, stack, config } = this.options;
      await pulumi.runtime.setMocks(
        {
          newResource: async (args) => {
            if (this.isLocating) return { id: args.name, state: args.inputs as Json };
            try {
              const { resource, isChanged, isNew } = await this.make(args);
              if (args.type.startsWith("aws:")) resources.push(resource);
              if (isChanged) changed.push(resource);
              if (isNew) added.push(resource);
              return { id: resource.id, state: resource.state };
            } catch (error) {
              fail(new Error(`${args.type} "${args.name}": ${error instanceof Error ? error.message : String(error)}`));
              throw error;
            }
          },
          call: async (args) => this.invoke(args.token, args.inputs as Json),
        },
        project,
        stack,
        false,
      );
      pulumi.runtime.setAllConfig({ ...config });
      const exported = await this.load(fail);
      const outputs = await resolveOutputs(exported, failures);
      if (failures.length > 0) throw new ProgramError(failures);
      return {
        resources,
        outputs,
        changed,
        added,
        unplayed: [...new Set(resources.filter((r) => !r.played).map((r) => r.type))],
      };
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
      process.removeListener("unhandledRejection", rejected);
    }
  }

  private get folder(): string {
    return this.options.folder ?? process.cwd();
  }

  /** What went wrong and where, without what Pulumi and Node.js put around it. */
  private explain(error: Error, place: string | undefined): string {
    const message = error.message
      .replace(SERIALIZING, "")
      .replace(/\nRequire stack:\n- (\S+)[^]*/, " (required by $1)")
      .replaceAll(this.folder + sep, "");
    const named = /^(Type|Reference|Range)Error$/.test(error.name) ? `${error.name}: ${message}` : message;
    return place === undefined || message.startsWith(place) ? named : `${place}: ${named}`;
  }

  private async load(fail: (error: unknown, place?: string) => void): Promise<unknown> {
    try {
      const exported = await this.options.load();
      const result: unknown = typeof exported === "function" ? await (exported as () => unknown)() : exported;
      await drained();
      return result;
    } catch (error) {
      const place = await this.locate(error);
      fail(error, place);
      return {};
    }
  }

  /** Where in the program an error was thrown: the program is run again, making nothing, with stacks noted. */
  private async locate(error: unknown): Promise<string | undefined> {
    if (!(error instanceof Error)) return undefined;
    const places = new ProgramPlaces(this.folder);
    const stop = places.note();
    this.isLocating = true;
    try {
      await this.options.load();
      return undefined;
    } catch (again) {
      return again instanceof Error && again.message === error.message ? places.of(again) : undefined;
    } finally {
      stop();
      await drained();
      this.isLocating = false;
    }
  }

  private async make(
    args: pulumi.runtime.MockResourceArgs,
  ): Promise<{ resource: DeclaredResource; isChanged: boolean; isNew: boolean }> {
    const urn = `urn:pulumi:${this.options.stack}::${this.options.project}::${args.type}::${args.name}`;
    const inputs = args.inputs as Json;
    const before = this.known.get(urn);
    if (before && isDeepStrictEqual(await comparable(before.inputs), await comparable(inputs)))
      return { resource: before, isChanged: false, isNew: false };
    const type = this.types.get(args.type);
    const context: ResourceContext = {
      cloud: this.cloud,
      name: args.name,
      type: args.type,
      urn,
      physicalName: (suffix = "") =>
        `${args.name}-${createHash("sha256").update(urn).digest("hex").slice(0, 7)}${suffix}`,
    };
    const made = await this.realize(type, inputs, before, context);
    const resource: DeclaredResource = {
      type: args.type,
      name: args.name,
      urn,
      inputs,
      ...made,
      played: type !== undefined,
    };
    this.known.set(urn, resource);
    return { resource, isChanged: before !== undefined, isNew: before === undefined };
  }

  private async realize(
    type: ResourceType | undefined,
    inputs: Json,
    before: DeclaredResource | undefined,
    context: ResourceContext,
  ): Promise<Created> {
    if (!type) return { id: context.physicalName(), state: inputs };
    return before && type.update ? type.update(before.id, inputs, context) : type.create(inputs, context);
  }

  private async invoke(token: string, inputs: Json): Promise<Json> {
    const invoke = this.invokes.get(token);
    if (!invoke) throw new Error(`The local cloud does not answer the Pulumi function ${token}.`);
    return invoke(inputs, this.cloud);
  }
}

async function resolveOutputs(exported: unknown, failures: readonly Error[]): Promise<Json> {
  // An output of a resource that failed never resolves.
  if (failures.length > 0 || typeof exported !== "object" || exported === null) return {};
  return new Promise((resolve) => pulumi.output(exported as Json).apply((value) => resolve(value as Json)));
}

/** Pulumi names the properties that wait for what failed; the failure names its own place. */
const SERIALIZING = /^(error serializing property "[^"]+": )+/;

const FOLLOW_UP = /^(error serializing|failed to register|error resolving|resource .* failed)/i;

/** Archives compare by what is in them, which Pulumi keeps in promises. */
async function comparable(value: unknown): Promise<unknown> {
  if (value instanceof pulumi.asset.AssetArchive) return { assets: await comparable(await value.assets) };
  if (value instanceof pulumi.asset.StringAsset) return { text: await value.text };
  if (value instanceof pulumi.asset.FileAsset) return { path: await value.path };
  if (Array.isArray(value)) return Promise.all(value.map(comparable));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).map(async ([name, member]) => [name, await comparable(member)] as const);
  return Object.fromEntries(await Promise.all(members));
}
