import { readFileSync } from "node:fs";
import { expect } from "chai";
import { AwsError } from "../../../local/aws-error";
import { checkInput } from "../../../local/http/shapes";
import type { Json, Protocol } from "../../../local/service";
import { currentShapes, SHAPES_FILE } from "../../../tools/api-shapes";

function refused(service: string, kind: Protocol["kind"], operation: string, input: Json): string {
  try {
    checkInput(service, kind, operation, input);
  } catch (error) {
    if (error instanceof AwsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "";
}

describe("Shapes of inputs", () => {
  it("are those of the SDK's clients, for every operation that is played (npm run shapes)", () => {
    expect(readFileSync(SHAPES_FILE, "utf8") === currentShapes()).to.equal(true);
  });

  it("refuse a value of another kind, naming the member", () => {
    expect(refused("sqs", "json", "CreateQueue", { QueueName: ["a"] })).to.equal(
      "SerializationException: Start of list found where not expected: QueueName must be a String.",
    );
    expect(refused("events", "json", "PutEvents", { Entries: "all" })).to.equal(
      "SerializationException: STRING_VALUE can not be converted to a list: Entries.",
    );
    expect(refused("events", "json", "PutEvents", { Entries: [{ Source: 1 }] })).to.equal(
      "SerializationException: NUMBER_VALUE can not be converted to a String: Entries[0].Source.",
    );
    expect(refused("sns", "query", "Publish", { TopicArn: { a: "b" } })).to.match(/^MalformedInput: /);
    expect(refused("lambda", "rest", "ListFunctions", { MaxItems: "many" })).to.match(
      /^InvalidRequestContentException: /,
    );
  });

  it("take null for absent, numbers of a query as text, and members that they do not know", () => {
    expect(checkInput("sqs", "json", "CreateQueue", { QueueName: "q", Attributes: null, Other: [1] })).to.deep.equal({
      QueueName: "q",
      Other: [1],
    });
    expect(checkInput("lambda", "rest", "ListFunctions", { MaxItems: "10" })).to.deep.equal({ MaxItems: "10" });
  });

  it("name the required member that is missing, in the service's own words", () => {
    expect(refused("iam", "query", "GetRole", {})).to.equal(
      "ValidationError: 1 validation error detected: Value null at 'roleName' failed to satisfy constraint: Member must not be null",
    );
    expect(refused("cloudwatch", "cbor", "PutMetricData", {})).to.equal(
      "MissingRequiredParameterException: The parameter Namespace is required.",
    );
  });
});
