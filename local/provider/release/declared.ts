import "../../lighten";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { declare } from "../../declare";
import "../../light-pulumi";
import type { Json } from "../../service";
import { readProject } from "../../settings";
import { loadAnew } from "../../stack";
import { plainOf, wireOf } from "../values";
import { aliasesOf, placeInUrn, placeOf, type Place } from "./aliases";

/** A resource of AWS as a program declares it, nothing made. */
export interface Declared {
  readonly place: Place;
  /** Where it may have been before. */
  readonly aliases: readonly Place[];
  readonly type: string;
  readonly name: string;
  readonly inputs: Json;
}

export interface ProgramToDeclare {
  /** Folder of the Pulumi project. */
  readonly folder: string;
  readonly stack: string;
  /** Settings by full name. @default those of the stack */
  readonly config?: Readonly<Record<string, string>>;
  /** Declares the resources. @default loads the project's main file */
  readonly load?: () => unknown;
  /** Places of an earlier program: what has one as an alias is answered for as the one that it was. */
  readonly known?: ReadonlySet<Place>;
}

const ACCOUNT = "123456789012";
const REGION = "us-east-1";

/** Settings of a stack as its files have them, defaults of the project included. */
export function settingsOf(folder: string, stack: string): Readonly<Record<string, string>> {
  return readProject(folder, stack, {}).config;
}

/** Evaluates a program in this process. @throws the program's first error */
export async function declaredBy(program: ProgramToDeclare): Promise<readonly Declared[]> {
  const { folder, stack } = program;
  const project = readProject(folder, stack, {});
  const recorder = new Recorder(program.known ?? new Set());
  await declare({
    mocks: { newResource: (args) => recorder.answer(args), call },
    project: project.name,
    stack,
    config: program.config ?? project.config,
    listen: () => recorder.listen(),
    load: program.load ?? (() => loadAnew(join(folder, project.main))),
  });
  return recorder.declared;
}

function call({ token }: pulumi.runtime.MockCallArgs): Record<string, unknown> {
  return token.includes("getCallerIdentity") ? { accountId: ACCOUNT } : { region: REGION, name: REGION, id: REGION };
}

interface Known {
  readonly place: Place;
  readonly name: string;
  readonly aliases: readonly Place[];
}

type Register = (
  request: RegisterResourceRequest,
  done: (error: unknown, response: RegisterResourceResponse) => void,
) => unknown;

/** Reads each registration as it goes over the wire: the mocks themselves are told neither parents nor aliases. */
class Recorder {
  readonly declared: Declared[] = [];
  /** By the URN that the test monitor gives, which has no more than the last parent's type. */
  private readonly byUrn = new Map<string, Known>();
  private current: Place = "";

  constructor(private readonly known: ReadonlySet<Place>) {}

  listen(): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as { registerResource: Register };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, done) => {
      const [type, name] = [request.getType(), request.getName()];
      const parent = this.byUrn.get(request.getParent());
      const place = placeOf(type, name, parent?.place);
      const resolve = (urn: string): Place => this.byUrn.get(urn)?.place ?? placeInUrn(urn);
      const aliases = aliasesOf({ type, name, parent, aliases: request.getAliasesList(), resolve });
      // Answered within this turn.
      this.current = this.known.has(place) ? place : (aliases.find((alias) => this.known.has(alias)) ?? place);
      return register(request, (error, response) => {
        if (!error) {
          this.byUrn.set(response.getUrn(), { place, name, aliases });
          const inputs = wireOf(plainOf(request.getObject()?.toJavaScript() ?? {}, ".") as Json);
          if (request.getCustom()) this.declared.push({ place, aliases, type, name, inputs });
        }
        done(error, response);
      });
    };
  }

  /** What AWS would answer with: names that hold for a resource wherever it has moved to. */
  answer({ inputs }: pulumi.runtime.MockResourceArgs): { id: string; state: Json } {
    const given = inputs as Json;
    const called = ["name", "bucket", "emailIdentity", "configurationSetName"].map((property) => given[property]);
    const physical = String(called.find((name) => typeof name === "string") ?? this.current.replace(/^.*::/, ""));
    const arn = `arn:aws:of:${REGION}:${ACCOUNT}:${physical}`;
    const state = { name: physical, arn, url: `https://${physical}`, keyId: physical, streamArn: `${arn}/stream` };
    return { id: physical, state: { ...state, ...given } };
  }
}
