import { expect } from "chai";
import fc from "fast-check";
import { AwsError } from "../../../local/aws-error";
import { parsePolicy, statementsIn } from "../../../local/services/iam/policy-document";
import { compileStatements } from "../../../local/services/iam/statement";

describe("policy documents", () => {
  it("are compiled or refused, whatever is given", () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom("Allow", "Deny", "a:B", "*", "arn:aws:sqs:us-east-1:1:q"),
      fc.array(fc.string(), { maxLength: 2 }),
      fc.constant({ AWS: "*" }),
    );
    const statement = fc.dictionary(
      fc.constantFrom("Sid", "Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "Other"),
      value,
      { maxKeys: 5 },
    );
    const document = fc.record(
      {
        Version: fc.constantFrom("2012-10-17", "x"),
        Statement: fc.oneof(statement, fc.array(statement, { maxLength: 2 }), fc.string()),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          document,
          document.map((given) => JSON.stringify(given)),
          fc.string(),
        ),
        fc.constantFrom("identity", "trust", "resource"),
        (given, kind) => {
          try {
            const parsed = parsePolicy(given, kind);
            return compileStatements(parsed).length === statementsIn(parsed).length;
          } catch (error) {
            return error instanceof AwsError && error.code === "MalformedPolicyDocument";
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("may have one statement or many", () => {
    const statement = { Effect: "Allow", Action: "a:B", Resource: "*" };
    expect(statementsIn(parsePolicy({ Statement: statement }, "identity"))).to.have.length(1);
    expect(statementsIn(parsePolicy({ Statement: [statement, statement] }, "identity"))).to.have.length(2);
  });
});
