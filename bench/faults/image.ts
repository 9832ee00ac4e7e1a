import type { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { assemble } from "../../local/assemble";
import { VirtualClock } from "../../local/clock";
import { Cloud } from "../../local/cloud";
import { Program } from "../../local/program";
import { seededRandom } from "../../local/random";
import type { Json, ResourceContext, ResourceType } from "../../local/service";
import { loadAnew } from "../../local/stack";
import { readProject } from "../../local/settings";

/** A resource as the program declared it: what it takes to make it again. */
interface Declared {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  inputs: Json;
  /** Id and state that the resource had when its inputs were written down. */
  made: Json;
}

/** The address that programs see on the deterministic runner; nothing listens there. */
export const ENDPOINT = "http://127.0.0.1:4566";

/** When every run begins, on its clock. */
export const START = Date.UTC(2026, 2, 2, 12);

/** A cloud whose source of chance can be changed while it lives. */
export interface Built {
  readonly cloud: Cloud;
  readonly clock: VirtualClock;
  /** From here on ids and chances come from this source. */
  readonly reseed: (random: () => number) => void;
}

/**
 * What one evaluation of `index.ts` declared, in the order in which it was made. A cloud of the same resources takes
 * milliseconds from it: each campaign run begins on an untouched one.
 */
export class Image {
  /** Stack outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;

  private constructor(
    private readonly folder: string,
    private readonly declared: readonly Declared[],
    outputs: Json,
    /** Where functions and clients reach the cloud. */
    readonly endpoint: string,
  ) {
    this.outputs = outputs as Record<string, string>;
  }

  /**
   * Evaluates the program of the repository once.
   * @param data folder for the functions' code; shared by all clouds of the image, so that each file is compiled once.
   * @param endpoint where a front listens, if functions run in workers.
   * @param settings of the project that go before those of the local stack, by name.
   */
  static async evaluate(
    data: string,
    endpoint = ENDPOINT,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Image> {
    const root = join(__dirname, "../..");
    const { cloud } = blank(data, endpoint);
    const declared: Declared[] = [];
    for (const service of [...cloud.services.values()]) {
      const types = Object.entries(service.resourceTypes).map(([name, type]) => [name, recorded(type, declared)]);
      cloud.services.set(service.name, {
        ...service,
        resourceTypes: Object.fromEntries(types) as Record<string, ResourceType>,
      });
    }
    try {
      const project = readProject(root, "local", { endpoint });
      const program = new Program(cloud, {
        project: project.name,
        stack: "local",
        config: { ...project.config, ...prefixed(project.name, settings) },
        load: () => loadAnew(join(root, project.main)),
      });
      const { outputs } = await program.evaluate();
      followNoMore();
      return new Image(data, declared, outputs, endpoint);
    } finally {
      await cloud.close();
    }
  }

  /** Every ARN that is a property of a resource that the program declared. */
  get arns(): ReadonlySet<string> {
    const found = this.declared.flatMap(({ made }) => Object.values(made));
    return new Set(found.filter((value): value is string => typeof value === "string" && value.startsWith("arn:")));
  }

  /**
   * Makes a new cloud with every resource of the image.
   * @param prepare is given the cloud while it is still empty.
   */
  async build(prepare: (cloud: Cloud) => void = () => undefined): Promise<Built> {
    const built = blank(this.folder, this.endpoint);
    const { cloud } = built;
    prepare(cloud);
    const types = new Map<string, ResourceType>();
    for (const service of cloud.services.values()) {
      for (const [name, type] of Object.entries(service.resourceTypes)) types.set(name, type);
    }
    // Ports and, the first time, ids differ from those of the evaluation: later inputs must name the new ones.
    const renamed = new Map<string, string>();
    for (const resource of this.declared) {
      const { type, name, urn } = resource;
      built.reseed(seededRandom(numberOf(urn)));
      const inputs = renamed.size === 0 ? resource.inputs : (rename(resource.inputs, renamed) as Json);
      const context: ResourceContext = { cloud, name, type, urn, physicalName: physicalName(name, urn) };
      const { id, state } = await types.get(type)!.create(inputs, context);
      const made = { id, ...state };
      compare(resource.made, made, renamed);
      resource.inputs = inputs;
      resource.made = made;
    }
    for (const [name, value] of Object.entries(this.outputs)) {
      (this.outputs as Record<string, string>)[name] = rename(value, renamed) as string;
    }
    return built;
  }
}

function prefixed(project: string, settings: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [`${project}:${name}`, value]));
}

function blank(folder: string, endpoint: string): Built {
  const clock = new VirtualClock(START);
  let source = seededRandom(1);
  const cloud = new Cloud({ clock, folder, random: () => source() });
  cloud.endpoint = endpoint;
  // Causes are for people who read traces; following them through every promise costs a quarter of a run.
  cloud.trace.because = <T>(_: unknown, work: () => T): T => work();
  assemble(cloud);
  return { cloud, clock, reseed: (random) => (source = random) };
}

/** Ends Pulumi's own following of contexts through promises, which no run needs. */
function followNoMore(): void {
  (globalThis as { asyncLocalStorage?: AsyncLocalStorage<unknown> }).asyncLocalStorage?.disable();
}

function recorded(type: ResourceType, declared: Declared[]): ResourceType {
  return {
    ...type,
    create: async (inputs, context) => {
      const entry: Declared = { type: context.type, name: context.name, urn: context.urn, inputs, made: {} };
      declared.push(entry);
      const created = await type.create(inputs, context);
      entry.made = { id: created.id, ...created.state };
      return created;
    },
  };
}

/** The names that `Program` gives. */
function physicalName(name: string, urn: string): (suffix?: string) => string {
  return (suffix = "") => `${name}-${createHash("sha256").update(urn).digest("hex").slice(0, 7)}${suffix}`;
}

function numberOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0);
}

/** Notes every text that is another one now. */
function compare(before: unknown, after: unknown, renamed: Map<string, string>): void {
  if (typeof before === "string" && typeof after === "string") {
    if (before !== after && before.length > 3) renamed.set(before, after);
  } else if (isPlain(before) && isPlain(after)) {
    for (const [key, value] of Object.entries(before)) compare(value, after[key], renamed);
  } else if (Array.isArray(before) && Array.isArray(after)) {
    before.forEach((value, i) => compare(value, after[i], renamed));
  }
}

function rename(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") {
    let text = value;
    for (const [from, to] of renamed) if (text.includes(from)) text = text.replaceAll(from, to);
    return text;
  }
  if (Array.isArray(value)) return value.map((one) => rename(one, renamed));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rename(one, renamed)]));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
