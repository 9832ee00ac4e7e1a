import type {
  PolicyConfigSchema,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { evaluateResource, evaluateStack, type Outcome, type Surroundings } from "./evaluate";
import { Exceptions, exceptionsFor, type Exception } from "./exceptions";
import { IamKnowledge } from "./iam-knowledge";
import { Resource } from "./resource";
import { reveal } from "./reveal";
import { levelOf, settingsOf, type ConfigProperty, type Environment, type Rule } from "./rule";
import { servicesIn } from "./services";
import { toldIdentity } from "./told";
import { presentType } from "./types";
import { Stack } from "./stack";

/** Policies as the policy SDK takes them. */
export type Policies = (ResourceValidationPolicy | StackValidationPolicy)[];

export interface PackOptions {
  readonly rules: readonly Rule[];
  /** Violations to live with for a while. @default none */
  readonly exceptions?: readonly Exception[];
  /** @default as the stack's setting `environment` says */
  readonly environment?: Environment;
  /** `YYYY-MM-DD`. @default today, UTC */
  readonly today?: string;
}

/** Name of the policy that watches over the exceptions. */
export const EXCEPTIONS_CURRENT = "exceptions-current";
/** Name of the policy that tells what a preview could not decide. */
export const DECIDED_AT_UP = "decided-at-up";

/** Turns rules into policies for `new PolicyPack`. */
export function policiesOf(options: PackOptions): Policies {
  const pack = new Pack(options);
  return [...options.rules.map((rule) => pack.policy(rule)), pack.exceptionsCurrent(), pack.decidedAtUp()];
}

/** What holds for the stack that the engine shows. */
interface Situation {
  readonly environment: Environment;
  /** Where the rules' levels are read from. */
  readonly levels: Environment;
  readonly exceptions: readonly Exception[];
}

class Pack {
  private readonly iam = new IamKnowledge();

  constructor(private readonly options: PackOptions) {}

  /** Known only once the engine has spoken, after the pack has been made. */
  private get situation(): Situation {
    const told = toldIdentity();
    const environment = this.options.environment ?? told.environment;
    // A stack that does not say what it is gets the rules of production, and its mail is guarded all the same.
    const levels = this.options.environment ?? (told.isTold ? told.environment : "production");
    return { environment, levels, exceptions: exceptionsFor(this.options.exceptions ?? [], told.project, environment) };
  }

  policy(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
    const { checks = [], stackChecks = [] } = rule;
    const common = {
      name: rule.name,
      description: rule.what,
      remediationSteps: rule.fix,
      ...(rule.config ? { configSchema: schemaOf(rule.config) } : {}),
    };
    const onResource: Partial<ResourceValidationPolicy> =
      checks.length === 0
        ? {}
        : {
            validateResource: async (args, report) => {
              if (rule.types && !rule.types.includes(presentType(args.type))) return;
              const resource = resourceOf(args);
              await this.iam.load(servicesIn([resource]));
              const outcome = evaluateResource(
                rule,
                resource,
                this.surroundings(() => settingsOf(rule, args.getConfig())),
              );
              for (const { message } of outcome.violations) report(message);
            },
          };
    const onRemedy: Partial<ResourceValidationPolicy> =
      rule.remediate === undefined
        ? {}
        : {
            remediateResource: (args) => {
              if (rule.types && !rule.types.includes(presentType(args.type))) return undefined;
              const resource = resourceOf(args);
              const settings = this.surroundings(() => settingsOf(rule, args.getConfig()));
              if (evaluateResource(rule, resource, settings).violations.length === 0) return undefined;
              const mended = rule.remediate?.(resource);
              // Only what changes is written, so that values which are not known stay so.
              for (const [key, value] of Object.entries(mended ?? {}))
                if (value !== resource.props[key]) args.props[key] = value;
              return mended === undefined ? undefined : args.props;
            },
          };
    const onStack: Partial<StackValidationPolicy> =
      stackChecks.length === 0
        ? {}
        : {
            validateStack: async (args, report) => {
              const stack = await this.stackOf(args);
              const outcome = evaluateStack(
                rule,
                stack,
                this.surroundings(() => settingsOf(rule, args.getConfig())),
              );
              for (const { message, urn } of outcome.violations) report(message, urn);
            },
          };
    const policy = { ...common, ...onResource, ...onRemedy, ...onStack };
    // The engine asks for it after it has told of the stack; what the pack's configuration says goes before it.
    return Object.defineProperty(policy, "enforcementLevel", {
      enumerable: true,
      get: () => levelOf(rule, this.situation.levels),
    });
  }

  /** A violation for each exception that is expired, unused or not well formed. */
  exceptionsCurrent(): StackValidationPolicy {
    return {
      name: EXCEPTIONS_CURRENT,
      description: "Every exception is needed, has a reason, and has not expired.",
      enforcementLevel: "mandatory",
      validateStack: async (args, report) => {
        const stack = await this.stackOf(args);
        const exceptions = this.exceptions();
        const { waiting } = this.all(stack, exceptions);
        const undecided = new Set(waiting.map(({ rule }) => rule));
        for (const problem of exceptions.problems(this.options.rules, undecided)) report(problem);
      },
    };
  }

  /** One report, with a line for each rule and property that a preview could not decide for every resource. */
  decidedAtUp(): StackValidationPolicy {
    return {
      name: DECIDED_AT_UP,
      description: "Tells which rules wait for values that only `pulumi up` brings, and are decided then.",
      enforcementLevel: "advisory",
      validateStack: async (args, report) => {
        const stack = await this.stackOf(args);
        const { waiting } = this.all(stack, this.exceptions());
        const lines = waitingLines(waiting);
        if (lines.length > 0) report(lines.join("\n"));
      },
    };
  }

  private exceptions(): Exceptions {
    return new Exceptions(this.situation.exceptions, this.options.today ?? new Date().toISOString().slice(0, 10));
  }

  private all(stack: Stack, exceptions: Exceptions): Pick<Outcome, "waiting"> {
    const rules = this.options.rules.filter((rule) => levelOf(rule, this.situation.levels) !== "disabled");
    const surroundings = { ...this.surroundings(), exceptions };
    const outcomes = rules.flatMap((rule) => [
      ...stack.resources.map((resource) => evaluateResource(rule, resource, surroundings)),
      evaluateStack(rule, stack, surroundings),
    ]);
    return { waiting: outcomes.flatMap(({ waiting }) => waiting) };
  }

  private surroundings(settings?: Surroundings["settings"]): Surroundings {
    const { environment } = this.situation;
    return { environment, iam: this.iam, exceptions: this.exceptions(), ...(settings ? { settings } : {}) };
  }

  private async stackOf({ resources }: StackValidationArgs): Promise<Stack> {
    const stack = new Stack(
      resources.map(({ urn, type, name, props, provider, propertyDependencies }) => ({
        urn,
        type,
        name,
        props: reveal(props),
        isMade: provider !== undefined,
        references: Object.fromEntries(
          Object.entries(propertyDependencies).map(([property, others]) => [
            property,
            others.map((other) => other.urn),
          ]),
        ),
      })),
    );
    await this.iam.load(servicesIn(stack.resources));
    return stack;
  }
}

function resourceOf(args: ResourceValidationArgs): Resource {
  return new Resource({ ...args, props: reveal(args.props), isMade: args.provider !== undefined });
}

/** Resources that a line names before it only counts. */
const NAMED = 3;

/** What waits, one line for each rule and property. */
export function waitingLines(waiting: Outcome["waiting"]): string[] {
  const groups = new Map<string, { rule: string; property: string; urns: Set<string> }>();
  for (const { rule, property, urn } of waiting) {
    const group = groups.get(`${rule} ${property}`) ?? { rule, property, urns: new Set<string>() };
    groups.set(`${rule} ${property}`, group);
    group.urns.add(urn);
  }
  return [...groups.values()].map(({ rule, property, urns }) => {
    const names = [...urns].map((urn) => urn.split("::").pop() ?? urn);
    const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
    return `${rule} is decided at up: ${property} is not known yet of ${names.slice(0, NAMED).join(", ")}${rest}.`;
  });
}

function schemaOf(config: Readonly<Record<string, ConfigProperty>>): PolicyConfigSchema {
  const properties = Object.entries(config).map(
    ([name, { type, default: fallback, minimum, maximum, description }]) => [
      name,
      {
        type,
        description,
        default: fallback,
        ...(type === "array" ? { items: { type: "string" } } : {}),
        ...(minimum === undefined ? {} : { minimum }),
        ...(maximum === undefined ? {} : { maximum }),
      },
    ],
  );
  return { properties: Object.fromEntries(properties) as PolicyConfigSchema["properties"] };
}
