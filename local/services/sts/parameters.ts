import { AwsError } from "../../aws-error";

/** What AWS demands of a parameter: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
interface Constraint {
  readonly name: string;
  readonly length: readonly [min: number, max: number];
  readonly pattern?: { readonly shown: string; readonly matches: RegExp };
}

const ROLE_ARN: Constraint = { name: "roleArn", length: [20, 2048] };
const SESSION_NAME: Constraint = {
  name: "roleSessionName",
  length: [2, 64],
  pattern: { shown: "[\\w+=,.@-]*", matches: /^[\w+=,.@-]*$/ },
};
const SECONDS: readonly [min: number, max: number] = [900, 43_200];

/**
 * Checks what AssumeRole is given; all that is wrong is told at once, as AWS does.
 * @throws AwsError ValidationError
 */
export function checkAssumeRole(
  roleArn: string | undefined,
  sessionName: string | undefined,
  seconds: string | number,
): void {
  const wrong = [...faults(ROLE_ARN, roleArn), ...faults(SESSION_NAME, sessionName), ...faultsOfDuration(seconds)];
  if (wrong.length > 0) {
    throw invalid(
      `${wrong.length} validation error${wrong.length === 1 ? "" : "s"} detected: ${wrong
        .map(([name, value, rule]) => `Value ${value} at '${name}' failed to satisfy constraint: Member must ${rule}`)
        .join("; ")}`,
    );
  }
  if (!isArn(roleArn!)) throw invalid(`${roleArn} is invalid`);
}

export function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message, 400);
}

type Fault = readonly [name: string, value: string, rule: string];

function* faults({ name, length: [min, max], pattern }: Constraint, value: string | undefined): Generator<Fault> {
  if (value === undefined) {
    yield [name, "null", "not be null"];
    return;
  }
  if (value.length < min) yield [name, `'${value}'`, `have length greater than or equal to ${min}`];
  if (value.length > max) yield [name, `'${value}'`, `have length less than or equal to ${max}`];
  if (pattern && !pattern.matches.test(value))
    yield [name, `'${value}'`, `satisfy regular expression pattern: ${pattern.shown}`];
}

function* faultsOfDuration(given: string | number): Generator<Fault> {
  const [min, max] = SECONDS;
  if (!(Number(given) >= min)) yield ["durationSeconds", `'${given}'`, `have value greater than or equal to ${min}`];
  if (Number(given) > max) yield ["durationSeconds", `'${given}'`, `have value less than or equal to ${max}`];
}

/** Partition, service and resource must be there; Region and account need not. */
function isArn(text: string): boolean {
  const [arn, partition, service, , , ...resource] = text.split(":");
  return arn === "arn" && !!partition && !!service && resource.join(":") !== "";
}
