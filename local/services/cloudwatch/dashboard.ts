import type { Cloud } from "../../cloud";
import { AwsError } from "../../aws-error";

const kinds = ["metric", "text", "log", "alarm", "explorer", "custom"];

/** Why a dashboard's body would be refused; empty if it would not. */
function dashboardProblems(body: string): readonly string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return ["The dashboard body is invalid JSON"];
  }
  const widgets = (parsed as { widgets?: unknown } | null)?.widgets;
  if (!Array.isArray(widgets)) return ['/: Should have required property "widgets"'];
  return widgets.flatMap((given: unknown, i) => {
    const problems: string[] = [];
    if (typeof given !== "object" || given === null) return [`/widgets/${i}: Should be object`];
    const widget = given as Record<string, unknown>;
    if (!kinds.includes(String(widget["type"])))
      problems.push(`/widgets/${i}/type: Should be one of ${kinds.join(", ")}`);
    const properties = widget["properties"] as Record<string, unknown> | null | undefined;
    if (typeof properties !== "object" || properties === null)
      problems.push(`/widgets/${i}: Should have required property "properties"`);
    else if (widget["type"] === "metric") {
      if (!Array.isArray(properties["metrics"]) && properties["annotations"] === undefined)
        problems.push(`/widgets/${i}/properties: Should have required property "metrics"`);
      if (typeof properties["region"] !== "string")
        problems.push(`/widgets/${i}/properties: Should have required property "region"`);
    }
    for (const [side, least, most] of [
      ["x", 0, 23],
      ["width", 1, 24],
      ["height", 1, 1000],
    ] as const) {
      const value = widget[side];
      if (value !== undefined && !(typeof value === "number" && value >= least && value <= most))
        problems.push(`/widgets/${i}/${side}: Should be a number from ${least} to ${most}`);
    }
    return problems;
  });
}

/** ARN of a dashboard: CloudWatch's have no Region. */
export function dashboardArn(cloud: Cloud, name: string): string {
  return `arn:aws:cloudwatch::${cloud.accountId}:dashboard/${name}`;
}

/** @throws DashboardInvalidInputError (InvalidParameterInput in the query protocol) with every problem of the body. */
export function checkDashboard(name: string, body: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(name))
    throw invalidInput(
      `The value ${name} for field DashboardName contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).`,
    );
  const problems = dashboardProblems(body);
  if (problems.length > 0)
    throw invalidInput(
      `The dashboard body is invalid, there are ${problems.length} validation errors: ${JSON.stringify(problems.map((message) => ({ message })))}`,
      problems,
    );
}

function invalidInput(message: string, problems: readonly string[] = []): AwsError {
  return new AwsError("DashboardInvalidInputError", message, 400, {
    queryErrorCode: "InvalidParameterInput",
    ...(problems.length > 0 ? { dashboardValidationMessages: problems.map((Message) => ({ Message })) } : {}),
  });
}
