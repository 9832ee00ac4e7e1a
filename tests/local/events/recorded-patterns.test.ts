import { expect } from "chai";
import { compilePattern } from "../../../local/services/events/pattern";

/** A pattern, AWS's reason, the column that it names if any, and whether it names it twice. */
type Row = readonly [pattern: string, reason: string, column?: number, times?: "twice"];

const outcome = (pattern: string, event: unknown): unknown => {
  try {
    return compilePattern(pattern)(event);
  } catch (error) {
    return (error as Error).message;
  }
};

describe("event patterns, as AWS answered", () => {
  const rows: readonly Row[] = [
    ['{"int": 42}', '"int" must be an object or an array', 11],
    ['{"string": "my-value"}', '"string" must be an object or an array', 13],
    ['{"detail": {"equal": [{"NUMERIC": ["=", 5]}]}}', "Unrecognized match type NUMERIC", 36],
    ['{"resources": []}', "Empty arrays are not allowed", 17],
    ['{"my_key": [{"EXISTS": true}]}', "Unrecognized match type EXISTS", 28],
    ['{"detail": {"c-count": [{"numeric": [">", 0, ">", 0]}]}}', "Bad numeric range operator: >", 49],
    ['{"detail": {"c-count": [{"numeric": [">", 0, "<"]}]}}', "Value of < must be numeric", 50],
    [
      '{"EventBusArn": [{"wildcard": "arn:aws:events:us-east-1:**:event-bus/*"}]}',
      "Consecutive wildcard characters at pos 26",
      72,
    ],
    [
      '{"detail-type": [{"equals-ignore-case": ["ec2 instance state-change notification"]}]}',
      "equals-ignore-case match pattern must be a string",
      42,
    ],
    [
      '{"detail": {"state": [{"anything-but": {"equals-ignore-case": 123}}]}}',
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
      66,
    ],
    [
      '{"detail": {"state": [{"anything-but": {"equals-ignore-case": [123, 456]}}]}}',
      "Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.",
      67,
      "twice",
    ],
    [
      '{"detail-type": [{"equals-ignore-case": {"prefix": "ec2"}}]}',
      "equals-ignore-case match pattern must be a string",
      42,
    ],
    [
      "this is valid json but not a dict",
      "Unrecognized token 'this': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      5,
    ],
    [`{'bad': 'quotation'}`, "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 2],
    [
      '{"not": closed mark"',
      "Unrecognized token 'closed': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      15,
    ],
    ['["not", "a", "dict", "but valid json"]', "Filter is not an object", 2],
    ['{"EventBusArn": [{"wildcard": 123}]}', "wildcard match pattern must be a string", 34],
    [
      '{"EventBusArn": [{"wildcard": ["arn:aws:events:us-east-1:**:event-bus/*"]}]}',
      "wildcard match pattern must be a string",
      32,
    ],
    [
      '{"detail": {"state": [{"anything-but": {"wildcard": [123, "*/dir/*"]}}]}}',
      "wildcard match pattern must be a string",
      57,
      "twice",
    ],
    ['{"detail": {"FilePath": [{"anything-but": {"wildcard": 123}}]}}', "wildcard match pattern must be a string", 59],
    [
      '{"detail": {"FileName": [{"anything-but": {"suffix": [123, ".txt"]}}]}}',
      "prefix/suffix match pattern must be a string",
      58,
      "twice",
    ],
    [
      '{"detail": {"FileName": [{"anything-but": {"suffix": 123}}]}}',
      "prefix/suffix match pattern must be a string",
      57,
    ],
    [
      '{"detail": {"state": [{"anything-but": {"prefix": [123, "test"]}}]}}',
      "prefix/suffix match pattern must be a string",
      55,
      "twice",
    ],
    ['{"detail": {"state": [{"anything-but": {"prefix": 123}}]}}', "prefix/suffix match pattern must be a string", 54],
    ['{"time": [{"prefix": ["2022-07-13"]}]}', "prefix match pattern must be a string", 23],
    ['{"time": [{"prefix": 123}]}', "prefix match pattern must be a string", 25],
    ['{"FileName": [{"suffix": 123}]}', "suffix match pattern must be a string", 29],
    ['{"FileName": [{"suffix": [".png"]}]}', "suffix match pattern must be a string", 27],
    [
      '{"detail": {"FileName": [{"anything-but": {"prefix": {"equals-ignore-case": "file"}}}]}}',
      "Value of anything-but must be an array or single string/number value.",
      55,
    ],
    [
      '{"detail": {"FileName": [{"anything-but": {"suffix": {"equals-ignore-case": ".png"}}}]}}',
      "Value of anything-but must be an array or single string/number value.",
      55,
    ],
    ['{"detail": {"sourceIPAddress": [{"cidr": ["bad-type"]}]}}', "prefix match pattern must be a string", 43],
    ['{"detail": {"FileName": [{"anything-but": {"prefix": ""}}]}}', "Null prefix/suffix not allowed", 56],
    ['{"detail": {"FileName": [{"anything-but": {"suffix": ""}}]}}', "Null prefix/suffix not allowed", 56],
    ['{"detail": {"c-count": [{"numeric": 10}]}}', "Value of numeric must be an array.", 39],
    [
      '{"detail": {"state": [{"anything-but": null}]}}',
      "Value of anything-but must be an array or single string/number value.",
      44,
    ],
    [
      '{"detail": {"state": [{"anything-but": ["stopped", null]}]}}',
      "Inside anything but list, start|null|boolean is not supported.",
      56,
      "twice",
    ],
    [
      '{"detail": {"FileName": [{"anything-but": {"suffix": [null, ".txt"]}}]}}',
      "prefix/suffix match pattern must be a string",
      59,
      "twice",
    ],
    ['{"detail": {"sourceIPAddress": [{"cidr": "bad-filter"}]}}', "Malformed CIDR, one '/' required"],
    ['{"detail": {"sourceIPAddress": [{"cidr": "bad-/64filter"}]}}', "Malformed CIDR, mask bits must be an integer"],
    ['{"detail": {"sourceIPAddress": [{"cidr": "xx.11.xx/8"}]}}', "Nonstandard IP address: xx.11.xx"],
    [
      '{"detail": {"sourceIPAddress": [{"cidr": "xxxx:db8:1234:1a00::/64"}]}}',
      "Nonstandard IP address: xxxx:db8:1234:1a00::",
    ],
    [
      '{"EventBusArn": [{"wildcard": "*:*:*:*:*:event-bus/*"}]}',
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character",
    ],
  ];

  for (const [pattern, reason, column, times] of rows) {
    it(`refuse ${pattern}`, () => {
      const place = `\n at [Source: (String)"${pattern}"; line: 1, column: ${column}]`;
      expect(outcome(pattern, {})).to.equal(reason + (column === undefined ? "" : place.repeat(times ? 2 : 1)));
    });
  }

  it("repeat the first 500 characters of a long pattern, and count lines", () => {
    const long = `{"a": ["${"x".repeat(600)}"],\n "b": 1}`;
    expect(outcome(long, {})).to.equal(
      `"b" must be an object or an array\n at [Source: (String)"${long.slice(0, 500)}"[truncated ${long.length - 500} chars]; line: 2, column: 8]`,
    );
  });

  const roses = { flower: { S: [{ "anything-but": ["roses"] }, { exists: false }] } };
  const matched: readonly (readonly [event: unknown, pattern: unknown, matches: boolean])[] = [
    [{ resources: [] }, { resources: [null] }, false],
    [{ resources: [] }, { resources: [{ exists: true }] }, false],
    [{ state: 12 }, { state: [{ "anything-but": { prefix: ["init", "test"] } }] }, true],
    [{ state: null }, { state: [{ "anything-but": { suffix: "init" } }] }, true],
    [{ state: 123 }, { state: [{ "anything-but": { wildcard: "*/dir/*" } }] }, true],
    [{ other: 1 }, { state: [{ "anything-but": { prefix: "init" } }] }, false],
    [{ source: "any" }, { source: [{ prefix: "" }] }, true],
    [{ source: "any" }, { source: [{ suffix: "" }] }, true],
    [{ source: "any" }, { source: [{ wildcard: "" }] }, false],
    [{ path: "dir" }, { path: [{ "anything-but": { wildcard: "" } }] }, true],
    [{ detail: { "state.status": "running" } }, { detail: { state: { status: ["running"] } } }, true],
    [{ detail: { state: { status: "running" } } }, { "detail.state": { status: ["running"] } }, true],
    [{ detail: { "state.status": { status: "running" } } }, { detail: { state: { status: ["running"] } } }, false],
    [{ flower: { S: "tulips" } }, roses, true],
    [{ tree: { S: "oak" } }, roses, true],
    [{ flower: { S: "roses" } }, roses, false],
    [{ number: "300" }, { number: [{ numeric: [">", 100] }] }, false],
    [{ key: { S: "test" } }, { key: [{ exists: true }] }, false],
    [{ detail: '{"key": "value"}' }, { detail: { key: ["value"] } }, false],
    [{ list: [{ a: 1 }, { id: "there" }] }, { list: { id: [{ exists: true }] } }, true],
  ];
  for (const [event, pattern, matches] of matched) {
    it(`${matches ? "match" : "pass by"} ${JSON.stringify(event)} with ${JSON.stringify(pattern)}`, () => {
      expect(outcome(JSON.stringify(pattern), event)).to.equal(matches);
    });
  }

  it("let the last of two equal keys count", () => {
    expect(outcome('{"place": ["west"], "place": ["east"]}', { place: "east" })).to.equal(true);
    expect(outcome('{"place": ["west"], "place": ["east"]}', { place: "west" })).to.equal(false);
  });
});
