import type { MetricsPort } from "../../ports";

interface Directive {
  readonly Namespace?: unknown;
  readonly Dimensions?: unknown;
  readonly Metrics?: unknown;
}

/**
 * Reads metrics out of a line in CloudWatch's embedded metric format, whether or not a runtime put its prefix before it.
 * A line that is not of this format has none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(line: string): readonly Parameters<MetricsPort["put"]>[] {
  if (!line.includes('"_aws"')) return [];
  let root: Record<string, unknown>;
  try {
    root = JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>;
  } catch {
    return [];
  }
  const directives = (root["_aws"] as { CloudWatchMetrics?: unknown } | undefined)?.CloudWatchMetrics;
  if (!Array.isArray(directives)) return [];
  return directives.filter(isObject).flatMap((directive: Directive) => dataOf(directive, root));
}

function dataOf(
  { Namespace, Dimensions, Metrics }: Directive,
  root: Readonly<Record<string, unknown>>,
): Parameters<MetricsPort["put"]>[] {
  if (typeof Namespace !== "string" || !Array.isArray(Metrics)) return [];
  const sets = Array.isArray(Dimensions) && Dimensions.length > 0 ? (Dimensions as unknown[]) : [[]];
  return sets.flatMap((set) => {
    const names = Array.isArray(set) ? set.map(String) : [];
    const dimensions = Object.fromEntries(names.map((name) => [name, String(root[name])]));
    return Metrics.filter(isObject).flatMap(({ Name, Unit }: { Name?: unknown; Unit?: unknown }) => {
      if (typeof Name !== "string") return [];
      const unit = typeof Unit === "string" ? Unit : undefined;
      return [root[Name]]
        .flat()
        .filter((value): value is number => typeof value === "number" && Number.isFinite(value))
        .map((value): Parameters<MetricsPort["put"]> => [Namespace, Name, dimensions, value, unit]);
    });
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
