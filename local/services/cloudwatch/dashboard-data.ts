import { AwsError } from "../../aws-error";
import type { CloudWatchEngine } from "./engine";
import type { Points } from "./math";
import { evaluateQueries, type MetricQuery } from "./queries";

/** One metric or expression of a widget over the time that is looked at. */
export interface Line {
  readonly label: string;
  /** A value per period; undefined where there is no data. */
  readonly points: Points;
}

/** A widget of a dashboard with what it shows. Places are in columns of 24 and in rows. */
export interface DrawnWidget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly view: "text" | "timeSeries" | "singleValue";
  readonly stacked: boolean;
  readonly lines: readonly Line[];
  /** Markdown of a text widget, or why there is nothing to see. */
  readonly text?: string;
}

/** The time that is looked at, in ms. */
export interface TimeRange {
  /** Starts of the periods. */
  readonly starts: readonly number[];
  readonly periodMs: number;
}

interface Given {
  readonly type: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly view?: string;
    readonly stacked?: boolean;
    readonly stat?: string;
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

interface RowOptions {
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly expression?: string;
  readonly visible?: boolean;
}

/** What the widgets of a dashboard's body show, in the order of their places. */
export function drawnWidgets(engine: CloudWatchEngine, body: string, range: TimeRange): readonly DrawnWidget[] {
  const { widgets } = JSON.parse(body) as { widgets: readonly Given[] };
  return widgets.map((widget) => drawn(engine, widget, range)).sort((one, other) => one.y - other.y || one.x - other.x);
}

function drawn(engine: CloudWatchEngine, { type, properties, ...place }: Given, range: TimeRange): DrawnWidget {
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
  const { x = 0, y = 0, width = 6, height = 6 } = place;
  const { title = "", view, stacked = false } = properties;
  const base = { x, y, width, height, title, stacked, lines: [] };
  if (type === "text") return { ...base, view: "text", text: properties.markdown ?? "" };
  if (type !== "metric") return { ...base, view: "text", text: `A widget of type ${type} is not drawn here.` };
  try {
    const lines = linesOf(engine, queriesOf(properties), range);
    return { ...base, lines, view: view === "singleValue" ? "singleValue" : "timeSeries" };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { ...base, view: "text", text: error.message };
  }
}

function linesOf({ store, cloud }: CloudWatchEngine, queries: readonly MetricQuery[], range: TimeRange): Line[] {
  // A gauge shows its present value in the present minute.
  for (const { metric } of queries) if (metric) store.sample(metric, cloud.clock.now());
  const found = evaluateQueries(store, queries, range.starts, range.periodMs);
  return queries
    .filter(({ returnData }) => returnData)
    .map(({ id, label, metric, expression }) => ({
      label: label ?? metric?.name ?? expression ?? id,
      points: found.get(id) ?? [],
    }));
}

/** Rows of a widget: a namespace, a name, dimensions and options, or an expression; "." and "..." stand for what the row before says. */
function queriesOf({ metrics = [], stat = "Average" }: Given["properties"]): MetricQuery[] {
  let before: readonly string[] = [];
  return metrics.map((row, i) => {
    const last = row.at(-1);
    const options = (typeof last === "object" && last !== null ? last : {}) as RowOptions;
    const { id = `row${i}`, label, expression, visible = true } = options;
    const common = { id, returnData: visible, ...(label === undefined ? {} : { label }) };
    if (expression !== undefined) return { ...common, expression };
    const words = row.filter((word) => typeof word === "string");
    const told = words.flatMap((word, at) => {
      if (word === "...") return before.slice(at, before.length - (words.length - at - 1));
      return [word === "." ? (before[at] ?? word) : word];
    });
    before = told;
    const [namespace = "", name = "", ...rest] = told;
    const dimensions: Record<string, string> = {};
    for (let at = 0; at + 1 < rest.length; at += 2) dimensions[rest[at]!] = rest[at + 1]!;
    return { ...common, metric: { namespace, name, dimensions, stat: options.stat ?? stat, period: 60 } };
  });
}
