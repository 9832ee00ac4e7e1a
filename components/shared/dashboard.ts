import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { aBoolean, anything, aText, listOf, oneOf, required, wholeNumber } from "./arguments";
import { keepNames } from "./kept-names";
import type { Widget } from "./monitoring";

/** Arguments of a `Dashboard`. */
export interface DashboardArgs {
  /** One section per component, in order, from top to bottom. */
  sections: readonly { readonly title: string; readonly widgets: readonly Widget[] }[];
}

const aWidget = required(
  {
    title: aText,
    metrics: listOf(required({ metric: anything, label: aText }, ["metric"])),
    width: wholeNumber(1, 24),
    view: oneOf("timeSeries", "singleValue"),
    stacked: aBoolean,
  },
  ["title", "metrics"],
);
const checkArgs = required(
  { sections: listOf(required({ title: aText, widgets: listOf(aWidget) }, ["title", "widgets"])) },
  ["sections"],
);

const COLUMNS = 24;
const WIDGET_HEIGHT = 6;

/** One CloudWatch dashboard of the parts that components contribute: how messages are being delivered. */
export class Dashboard extends pulumi.ComponentResource {
  /** The dashboard itself. */
  readonly dashboard: aws.cloudwatch.Dashboard;

  constructor(name: string, args: DashboardArgs, options?: pulumi.ComponentResourceOptions) {
    super("games-messaging:shared:Dashboard", name, {}, keepNames(name, options));
    checkArgs(name, "", args);
    const region = aws.getRegionOutput({}, { parent: this });
    this.dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: `${pulumi.getProject()}-${pulumi.getStack()}-${name}`,
        dashboardBody: pulumi.jsonStringify({ widgets: layOut(args.sections, region.region) }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

function layOut(sections: DashboardArgs["sections"], region: pulumi.Input<string>): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const section of sections) {
    placed.push({ type: "text", x: 0, y, width: COLUMNS, height: 1, properties: { markdown: `## ${section.title}` } });
    y += 1;
    let x = 0;
    for (const widget of section.widgets) {
      const width = widget.width ?? 8;
      if (x + width > COLUMNS) {
        x = 0;
        y += WIDGET_HEIGHT;
      }
      placed.push({ type: "metric", x, y, width, height: WIDGET_HEIGHT, properties: properties(widget, region) });
      x += width;
    }
    y += WIDGET_HEIGHT;
  }
  return placed;
}

function properties(widget: Widget, region: pulumi.Input<string>): object {
  return {
    title: widget.title,
    region,
    view: widget.view ?? "timeSeries",
    stacked: widget.stacked ?? false,
    period: 300,
    metrics: widget.metrics.map(({ metric, label }) => [
      metric.namespace,
      metric.name,
      ...Object.entries(metric.dimensions).flat(),
      { stat: metric.stat, ...(label === undefined ? {} : { label }) },
    ]),
  };
}
