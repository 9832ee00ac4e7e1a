import { expect } from "chai";
import { dashboardPage } from "../../../local/console/dashboard-page";
import { drawnWidgets } from "../../../local/services/cloudwatch/dashboard-data";
import { WatchedCloud } from "../cloudwatch/watched";
import { cloudwatchEngine } from "../../../local/services/cloudwatch";

const f = { FunctionName: "f" };
const region = "us-east-1";

describe("The page of a dashboard", () => {
  let world: WatchedCloud;
  beforeEach(() => {
    world = new WatchedCloud();
  });
  afterEach(() => world.close());

  const declare = (name: string, widgets: readonly object[]): Promise<unknown> =>
    world.cloud.call(
      "cloudwatch",
      "PutDashboard",
      { DashboardName: name, DashboardBody: JSON.stringify({ widgets }) },
      world.cloud.operator,
    );
  const put = (name: string, value: number, dimensions: Readonly<Record<string, string>> = f): void =>
    world.cloud.ports.metrics.put("AWS/Lambda", name, dimensions, value);
  const page = (query: { name?: string; minutes?: number } = {}): string =>
    dashboardPage(cloudwatchEngine(world.cloud), query);
  const lines = (metrics: readonly unknown[], more: object = {}) => {
    const body = JSON.stringify({ widgets: [{ type: "metric", properties: { region, metrics, ...more } }] });
    const starts = [world.clock.now() - 60_000, world.clock.now()];
    return drawnWidgets(cloudwatchEngine(world.cloud), body, { starts, periodMs: 60_000 })[0]!;
  };

  it("reads rows with what they take over from the row before, expressions, and lines that stay hidden", () => {
    put("Errors", 2);
    put("Errors", 3, { FunctionName: "g" });
    put("Invocations", 10);
    const { lines: found } = lines([
      ["AWS/Lambda", "Errors", "FunctionName", "f", { stat: "Sum", label: "of f", id: "e" }],
      ["...", "g", { stat: "Sum", label: "of g" }],
      [".", "Invocations", ".", "f", { stat: "Sum", id: "n", visible: false }],
      [{ expression: "100 * e / n", label: "percent" }],
    ]);
    expect(found).to.deep.equal([
      { label: "of f", points: [undefined, 2] },
      { label: "of g", points: [undefined, 3] },
      { label: "percent", points: [undefined, 20] },
    ]);
  });

  it("takes the widget's statistic and the metric's name where a row has none, and a gauge as it stands now", () => {
    world.cloud.ports.metrics.gauge("AWS/SQS", "Depth", { QueueName: "q" }, () => 7);
    const { lines: found } = lines([["AWS/SQS", "Depth", "QueueName", "q"]], { stat: "Maximum" });
    expect(found).to.deep.equal([{ label: "Depth", points: [undefined, 7] }]);
  });

  it("says what is wrong with an expression in its widget", () => {
    expect(lines([[{ expression: "absent + 1", id: "x" }]])).to.deep.include({
      view: "text",
      text: "Error in expression 'x': absent is not defined",
    });
  });

  it("draws a line with its points, a number, a heading, and says what it cannot draw", async () => {
    put("Errors", 2);
    const errors = ["AWS/Lambda", "Errors", "FunctionName", "f", { stat: "Sum", label: "<b>errors</b>" }];
    await declare("delivery", [
      { type: "text", x: 0, y: 0, width: 24, height: 1, properties: { markdown: "## E-mail" } },
      { type: "metric", x: 0, y: 1, properties: { region, title: "A line", metrics: [errors] } },
      { type: "metric", x: 6, y: 1, properties: { region, title: "A number", view: "singleValue", metrics: [errors] } },
      { type: "metric", x: 12, y: 1, properties: { region, title: "None", metrics: [["A/B", "C"]] } },
      { type: "log", x: 18, y: 1, properties: { region, title: "Lines" } },
    ]);
    const html = page();
    expect(html).to.include(">E-mail</h2>").and.not.include("<b>errors");
    expect(html).to.match(/<title>&lt;b&gt;errors&lt;\/b&gt;: 2 at \d\d:\d\d<\/title>/);
    expect(html).to.include("<dd>2</dd>").and.include("No data: C").and.include("A widget of type log is not drawn");
  });

  it("heaps lines up where the widget says so", async () => {
    put("Errors", 2);
    put("Errors", 3, { FunctionName: "g" });
    const metrics = ["f", "g"].map((name) => ["AWS/Lambda", "Errors", "FunctionName", name, { stat: "Sum" }]);
    const places = async (stacked: boolean): Promise<string[]> => {
      await declare("delivery", [{ type: "metric", properties: { region, stacked, metrics } }]);
      return [...page().matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => y!);
    };
    const [flat, heaped] = [await places(false), await places(true)];
    expect(heaped[0]).to.equal(flat[0]);
    expect(Number(heaped[1])).to.be.lessThan(Number(flat[1]));
  });

  it("names the alarms that are not OK", async () => {
    await world.alarm();
    await declare("delivery", []);
    expect(page()).to.include("1 alarms: 0 in alarm, 0 OK, 1 without data");
    world.put(1);
    await world.clock.advance(120_000);
    expect(page()).to.include("1 in alarm").and.include("<b>errors</b>").and.include("Threshold Crossed");
  });

  it("leads from one dashboard to the next, and refuses one that is not there", async () => {
    expect(page()).to.include("The program declares no dashboard.");
    await declare("one", []);
    await declare("two", []);
    expect(page({ name: "two", minutes: 15 })).to.include('href="?name=one&amp;minutes=15"');
    expect(() => page({ name: "three" })).to.throw('name: got "three"; expected one of one, two.');
    expect(() => page({ minutes: 7 })).to.throw("minutes: got 7; expected one of 15, 60, 180, 1440.");
  });
});
