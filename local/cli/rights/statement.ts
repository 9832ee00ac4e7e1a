import type { Operations } from "../../../components/operations/operations";

/** A statement of an operator's policy. */
export interface RightStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Names of a stack as ARNs. */
export class Arns {
  private readonly partition: string;

  constructor(readonly operations: Operations) {
    this.partition = operations.keys[0]?.split(":")[1] ?? "aws";
  }

  of(service: string, resource: string): string {
    const { region, accountId } = this.operations;
    return `arn:${this.partition}:${service}:${region}:${accountId}:${resource}`;
  }

  table(name: string): string {
    return this.of("dynamodb", `table/${name}`);
  }

  queue(url: string): string {
    return this.of("sqs", url.slice(url.lastIndexOf("/") + 1));
  }

  bucket(name: string): string {
    return `arn:${this.partition}:s3:::${name}`;
  }

  /** An account's API Gateway settings, which carry no account in their ARN. */
  get apiSettings(): string {
    return `arn:${this.partition}:apigateway:${this.operations.region}::/account`;
  }
}

/** One statement; none where the stack has none of the resources. */
export function right(Sid: string, Action: readonly string[], Resource: readonly (string | undefined)[]) {
  const known = [...new Set(Resource.filter((arn) => arn !== undefined))];
  return known.length === 0 ? [] : [{ Sid, Effect: "Allow", Action, Resource: known } as const];
}

/** The use of the stack's keys through a service, and never by itself. */
export function keyRight(
  { operations: { keys, region } }: Arns,
  Sid: string,
  actions: readonly string[],
  ...services: readonly string[]
): readonly RightStatement[] {
  const via = services.map((service) => `${service}.${region}.amazonaws.com`);
  const Action = actions.map((action) => `kms:${action}`);
  return right(Sid, Action, keys).map((one) => ({
    ...one,
    Condition: { StringEquals: { "kms:ViaService": via } },
  }));
}
