import { invalid, type CaseMaker, type TestItem } from "./case";
import type { Outcome } from "../outcome";

const before: TestItem = {
  n: { N: "5" },
  s: { S: "text" },
  ss: { SS: ["p", "q"] },
  ns: { NS: ["1", "2"] },
  lst: { L: [{ N: "1" }, { N: "2" }, { N: "3" }] },
  map: { M: { k: { S: "v" }, nest: { M: { x: { N: "1" } } } } },
};

const values: Readonly<Record<string, TestItem[string]>> = {
  ":one": { N: "1" },
  ":half": { N: "0.5" },
  ":tiny": { N: "0.00000000000000000000000000000000000001" },
  ":huge": { N: "99999999999999999999999999999999999999" },
  ":s": { S: "new" },
  ":list": { L: [{ S: "tail" }] },
  ":ss": { SS: ["q", "r"] },
  ":allss": { SS: ["p", "q"] },
  ":ns": { NS: ["2", "3"] },
  ":map": { M: { y: { N: "2" } } },
  ":t": { BOOL: true },
};

/** Updates and what the attributes that they name look like after them. */
const applied: readonly (readonly [string, Record<string, TestItem[string] | undefined>])[] = [
  ["SET s = :s", { s: { S: "new" } }],
  ["set s = :s", { s: { S: "new" } }],
  ["SET fresh = :s, another = s", { fresh: { S: "new" }, another: { S: "text" } }],
  ["SET n = n + :one", { n: { N: "6" } }],
  ["SET n = n - :half", { n: { N: "4.5" } }],
  ["SET n = :one + :half", { n: { N: "1.5" } }],
  ["SET n = :half - n", { n: { N: "-4.5" } }],
  ["SET n = if_not_exists(n, :one) + :one", { n: { N: "6" } }],
  ["SET fresh = if_not_exists(fresh, :half) + :one", { fresh: { N: "1.5" } }],
  ["SET fresh = if_not_exists(s, :s)", { fresh: { S: "text" } }],
  ["SET s = n, n = n + :one", { s: { N: "5" }, n: { N: "6" } }],
  ["SET lst = list_append(lst, :list)", { lst: { L: [{ N: "1" }, { N: "2" }, { N: "3" }, { S: "tail" }] } }],
  ["SET lst = list_append(:list, lst)", { lst: { L: [{ S: "tail" }, { N: "1" }, { N: "2" }, { N: "3" }] } }],
  ["SET fresh = list_append(if_not_exists(fresh, :list), :list)", { fresh: { L: [{ S: "tail" }, { S: "tail" }] } }],
  ["SET lst[0] = :s", { lst: { L: [{ S: "new" }, { N: "2" }, { N: "3" }] } }],
  ["SET lst[9] = :s", { lst: { L: [{ N: "1" }, { N: "2" }, { N: "3" }, { S: "new" }] } }],
  ["SET lst[9] = :s, lst[7] = :one", { lst: { L: [{ N: "1" }, { N: "2" }, { N: "3" }, { N: "1" }, { S: "new" }] } }],
  ["SET #map.k = :s", { map: { M: { k: { S: "new" }, nest: { M: { x: { N: "1" } } } } } }],
  ["SET #map.nest.y = :one", { map: { M: { k: { S: "v" }, nest: { M: { x: { N: "1" }, y: { N: "1" } } } } } }],
  ["SET #map.nest.x = #map.nest.x + :one", { map: { M: { k: { S: "v" }, nest: { M: { x: { N: "2" } } } } } }],
  ["REMOVE s", { s: undefined }],
  ["REMOVE nothing", { s: { S: "text" } }],
  ["REMOVE lst[0]", { lst: { L: [{ N: "2" }, { N: "3" }] } }],
  ["REMOVE lst[0], lst[2]", { lst: { L: [{ N: "2" }] } }],
  ["REMOVE lst[2], lst[0]", { lst: { L: [{ N: "2" }] } }],
  ["REMOVE lst[7]", { lst: { L: [{ N: "1" }, { N: "2" }, { N: "3" }] } }],
  ["REMOVE #map.k, s", { map: { M: { nest: { M: { x: { N: "1" } } } } }, s: undefined }],
  ["ADD n :one", { n: { N: "6" } }],
  ["ADD fresh :half", { fresh: { N: "0.5" } }],
  ["ADD ss :ss", { ss: { SS: ["p", "q", "r"] } }],
  ["ADD fresh :ss", { fresh: { SS: ["q", "r"] } }],
  ["ADD ns :ns", { ns: { NS: ["1", "2", "3"] } }],
  ["ADD #map.nest.x :one", { map: { M: { k: { S: "v" }, nest: { M: { x: { N: "2" } } } } } }],
  ["DELETE ss :ss", { ss: { SS: ["p"] } }],
  ["DELETE ss :allss", { ss: undefined }],
  ["DELETE fresh :ss", { fresh: undefined }],
  [
    "SET s = :s REMOVE n ADD ns :ns DELETE ss :ss",
    { s: { S: "new" }, n: undefined, ns: { NS: ["1", "2", "3"] }, ss: { SS: ["p"] } },
  ],
  ["REMOVE n SET s = :s", { s: { S: "new" }, n: undefined }],
  ["SET s = (:s)", { s: { S: "new" } }],
  ["SET n = (n + :one)", { n: { N: "6" } }],
];

const expression = (message: string): Outcome => invalid(`Invalid UpdateExpression: ${message}`);
const syntax = (token: string, near: string): Outcome => expression(`Syntax error; token: "${token}", near: "${near}"`);
const operand = invalid("An operand in the update expression has an incorrect data type");
const path = invalid("The document path provided in the update expression is invalid for update");
const missing = invalid("The provided expression refers to an attribute that does not exist in the item");

const refused: readonly (readonly [string, Outcome])[] = [
  ["", expression("The expression can not be empty;")],
  ["SET", syntax("<EOF>", "SET")],
  ["SET s", syntax("<EOF>", "s")],
  ["SET s =", syntax("<EOF>", "=")],
  ["SET s = :s,", syntax("<EOF>", ",")],
  ["SET s = n +", syntax("<EOF>", "+")],
  ["foo s", syntax("foo", "foo s")],
  ["SET n = n + :one - :one", syntax("-", ":one - :one")],
  ["ADD n n", syntax("n", "n n")],
  ["REMOVE lst[", syntax("<EOF>", "[")],
  ["SET s = :s SET n = :one", expression('The "SET" section can only be used once in an update expression;')],
  ["SET s = size(n)", expression("Invalid function name; function: size")],
  ["SET date = :s", expression("Attribute name is a reserved keyword; reserved keyword: date")],
  [
    "SET #zz = :s",
    expression("An expression attribute name used in the document path is not defined; attribute name: #zz"),
  ],
  ["SET s = :zz", expression("An expression attribute value used in expression is not defined; attribute value: :zz")],
  [
    "SET s = :s REMOVE s",
    expression(
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [s], path two: [s]",
    ),
  ],
  [
    "SET #map.k = :s, #map = :map",
    expression(
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [map, k], path two: [map]",
    ),
  ],
  [
    "SET lst[0] = :s, lst.k = :s",
    expression(
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [lst, [0]], path two: [lst, k]",
    ),
  ],
  ["ADD s :s", expression("Incorrect operand type for operator or function; operator: ADD, operand type: STRING")],
  ["ADD s :list", expression("Incorrect operand type for operator or function; operator: ADD, operand type: LIST")],
  [
    "DELETE n :one",
    expression("Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER"),
  ],
  [
    "SET s = list_append(s)",
    expression(
      "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
    ),
  ],
  [
    "SET s = list_append(:list, :s)",
    expression("Incorrect operand type for operator or function; operator or function: list_append, operand type: S"),
  ],
  [
    "SET s = if_not_exists(:s, :s)",
    expression("Operator or function requires a document path; operator or function: if_not_exists"),
  ],
  [
    "SET n = n + :s",
    expression("Incorrect operand type for operator or function; operator or function: +, operand type: S"),
  ],
  ["SET n = s + :one", operand],
  ["SET n = list_append(n, :list)", operand],
  ["ADD s :one", operand],
  ["ADD n :ss", operand],
  ["DELETE s :ss", operand],
  ["SET fresh = nothing", missing],
  ["SET fresh = nothing + :one", missing],
  ["SET nothing.k = :s", path],
  ["SET s.k = :s", path],
  ["SET s[0] = :s", path],
  ["SET lst.k = :s", path],
  ["REMOVE s.k", path],
  [
    "SET a = :s",
    invalid("One or more parameter values were invalid: Cannot update attribute a. This attribute is part of the key"),
  ],
  [
    "REMOVE a",
    invalid("One or more parameter values were invalid: Cannot update attribute a. This attribute is part of the key"),
  ],
  ["SET n = :huge + :tiny", invalid("Attempting to store more than 38 significant digits in a Number")],
];

const names = { "#map": "map" };

function updateOf(key: string, text: string): { operation: string; input: object } {
  const words = new Set(text.match(/[#:]\w+/g) ?? []);
  const pick = (from: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(from).filter(([name]) => words.has(name)));
  const usedNames = pick(names);
  const usedValues = pick(values);
  return {
    operation: "UpdateItem",
    input: {
      TableName: "Plain",
      Key: { a: { S: key } },
      UpdateExpression: text,
      ReturnValues: "ALL_NEW",
      ...(Object.keys(usedNames).length > 0 ? { ExpressionAttributeNames: usedNames } : {}),
      ...(Object.keys(usedValues).length > 0 ? { ExpressionAttributeValues: usedValues } : {}),
    },
  };
}

export const updateCases: readonly CaseMaker[] = [
  ...applied.map(([text, changes]): CaseMaker => (key) => {
    const item = { a: { S: key }, ...before };
    const after = Object.fromEntries(
      Object.entries({ ...item, ...changes }).filter(([, value]) => value !== undefined),
    );
    return {
      name: `update ${text}`,
      given: [{ table: "Plain", item }],
      when: updateOf(key, text),
      then: { ok: { Attributes: after } },
    };
  }),
  ...refused.map(([text, then]): CaseMaker => (key) => ({
    name: `update ${text}`,
    given: [{ table: "Plain", item: { a: { S: key }, ...before } }],
    when: updateOf(key, text),
    then,
  })),
];
