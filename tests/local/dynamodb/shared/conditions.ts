import { conditionFailed, invalid, type CaseMaker, type TestItem } from "./case";

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** An item with a value of every type. */
const sample: TestItem = {
  s: { S: "hello" },
  n: { N: "10" },
  bin: { B: bytes("hello") },
  yes: { BOOL: true },
  nil: { NULL: true },
  ss: { SS: ["x", "y"] },
  ns: { NS: ["1", "2.5"] },
  bs: { BS: [bytes("p"), bytes("q")] },
  lst: { L: [{ S: "x" }, { N: "3" }, { M: { k: { S: "deep" } } }] },
  map: { M: { k: { S: "v" }, "odd.name": { N: "1" }, l: { L: [{ N: "7" }] } } },
  blank: { S: "" },
};

const values: Readonly<Record<string, TestItem[string]>> = {
  ":s": { S: "hello" },
  ":h": { S: "hel" },
  ":x": { S: "x" },
  ":n": { N: "10" },
  ":n2": { N: "9.50" },
  ":n3": { N: "1E1" },
  ":big": { N: "100" },
  ":three": { N: "3" },
  ":five": { N: "5" },
  ":bin": { B: bytes("hello") },
  ":binh": { B: bytes("hel") },
  ":p": { B: bytes("p") },
  ":t": { BOOL: true },
  ":f": { BOOL: false },
  ":nil": { NULL: true },
  ":ss": { SS: ["y", "x"] },
  ":ns": { NS: ["2.50", "1"] },
  ":list": { L: [{ S: "x" }, { N: "3" }, { M: { k: { S: "deep" } } }] },
  ":map": { M: { k: { S: "v" }, "odd.name": { N: "1" }, l: { L: [{ N: "7" }] } } },
  ":deep": { M: { k: { S: "deep" } } },
  ":S": { S: "S" },
  ":N": { S: "N" },
  ":L": { S: "L" },
  ":wrong": { S: "Z" },
  ":empty": { S: "" },
  ":zero": { N: "0" },
};

const names: Readonly<Record<string, string>> = { "#s": "s", "#map": "map", "#odd": "odd.name", "#no": "nothing" };

/** Conditions that hold for the sample. */
const holds = [
  "s = :s",
  ":s = s",
  "n = :n",
  "n = :n3",
  "n > :n2",
  "n >= :n",
  "n <= :n",
  "n < :big",
  ":big > n",
  "s >= :h",
  "bin = :bin",
  "bin > :binh",
  "yes = :t",
  "yes <> :f",
  "nil = :nil",
  "ss = :ss",
  "ns = :ns",
  "lst = :list",
  "#map = :map",
  "s <> :n",
  "nothing <> :n",
  "n BETWEEN :n2 AND :big",
  "n between :n and :n",
  "s BETWEEN :h AND :x",
  "bin BETWEEN :binh AND :bin",
  ":n BETWEEN :n2 AND n",
  "s IN (:x, :s)",
  "n IN (:n3)",
  "lst[2] IN (:deep, :s)",
  "attribute_exists(s)",
  "attribute_exists(#s)",
  "attribute_exists(#map.k)",
  "attribute_exists(#map.#odd)",
  "attribute_exists(lst[2].k)",
  "attribute_exists(blank)",
  "attribute_not_exists(nothing)",
  "attribute_not_exists(lst[3])",
  "attribute_not_exists(#map.k.deeper)",
  "attribute_not_exists(s[0])",
  "attribute_not_exists(#no)",
  "attribute_type(s, :S)",
  "attribute_type(n, :N)",
  "attribute_type(lst, :L)",
  "begins_with(s, :h)",
  "begins_with(s, :s)",
  "begins_with(s, :empty)",
  "begins_with(bin, :binh)",
  "contains(s, :h)",
  "contains(ss, :x)",
  "contains(ns, :n4)",
  "contains(bs, :p)",
  "contains(lst, :x)",
  "contains(lst, :three)",
  "contains(bin, :binh)",
  "size(s) = :five",
  "size(bin) = :five",
  "size(ss) < :three",
  "size(lst) = :three",
  "size(#map) = :three",
  "size(blank) = :zero",
  "size(s) BETWEEN :three AND :n",
  "size(#map.k) < size(s)",
  "#map.l[0] > :five",
  "NOT s = :x",
  "not (s = :x)",
  "NOT attribute_exists(nothing)",
  "s = :x OR n = :n",
  "s = :s AND n = :n",
  "s = :x AND n = :x OR yes = :t",
  "yes = :t OR s = :x AND n = :x",
  "NOT s = :x AND n = :n",
  "(s = :x OR n = :n) AND (yes = :t)",
  "NOT (s = :x OR NOT (n = :n))",
  "s = :s and n = :n Or yes = :f",
  " s=:s AND(n=:n)AND NOT(yes=:f) ",
  "#s = :s AND s = :s",
];

/** Conditions that do not hold for the sample. */
const failing = [
  "s = :x",
  "s = :n",
  "s > :n",
  "n > :n",
  "s < :bin",
  "nothing = :s",
  "nothing < :n",
  "nothing BETWEEN :n2 AND :big",
  "nothing IN (:s, :x)",
  "size(nothing) < :big",
  "size(n) = :five",
  "s <> :s",
  "n <> :n3",
  "ss <> :ss",
  "s BETWEEN :n2 AND :big",
  "n IN (:s, :big)",
  "attribute_exists(nothing)",
  "attribute_exists(#map.nothing)",
  "attribute_exists(lst[9])",
  "attribute_not_exists(s)",
  "attribute_type(s, :N)",
  "attribute_type(nothing, :S)",
  "begins_with(s, :x)",
  "begins_with(n, :h)",
  "begins_with(bin, :h)",
  "contains(s, :x)",
  "contains(n, :n)",
  "contains(ss, :n)",
  "contains(nothing, :x)",
  "contains(lst, :s)",
  "NOT (s = :s)",
  "NOT s = :s OR n = :big",
];

/** Conditions that are refused, with AWS's words behind `Invalid ConditionExpression: `. */
const refused: readonly (readonly [string, string])[] = [
  ["((s = :s))", "The expression has redundant parentheses;"],
  ["foo(s)", "Invalid function name; function: foo"],
  ["SIZE(s) = :n", "Invalid function name; function: SIZE"],
  ["size(s)", "The function is not allowed to be used this way in an expression; function: size"],
  ["NOT size(s)", "The function is not allowed to be used this way in an expression; function: size"],
  [
    "begins_with(s, :h) = :t",
    "The function is not allowed to be used this way in an expression; function: begins_with",
  ],
  [
    "size(contains(s, :s)) = :n",
    "The function is not allowed to be used this way in an expression; function: contains",
  ],
  ["date = :s", "Attribute name is a reserved keyword; reserved keyword: date"],
  ["#s = :s AND map.Name = :s", "Attribute name is a reserved keyword; reserved keyword: map"],
  ["#zz = :s", "An expression attribute name used in the document path is not defined; attribute name: #zz"],
  ["s = :zz", "An expression attribute value used in expression is not defined; attribute value: :zz"],
  [
    "size(s, n) = :n",
    "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2",
  ],
  [
    "attribute_exists(s, n)",
    "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
  ],
  [
    "contains(s)",
    "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1",
  ],
  ["attribute_exists(:s)", "Operator or function requires a document path; operator or function: attribute_exists"],
  [
    "begins_with(s, :n)",
    "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
  ],
  [
    "attribute_type(s, :n)",
    "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
  ],
  [
    "attribute_type(s, :wrong)",
    "Invalid attribute type name found; type: Z, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
  ],
  ["size(:n) = :n", "Incorrect operand type for operator or function; operator or function: size, operand type: N"],
  [
    "s = s",
    "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [s]",
  ],
  [
    "lst[0].k < lst[0].k",
    "The first operand must be distinct from the remaining operands for this operator or function; operator: <, first operand: [lst, [0], k]",
  ],
  [
    "contains(s, s)",
    "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [s]",
  ],
  [
    "n BETWEEN :big AND :n",
    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:100}, upper bound operand: AttributeValue: {N:10}",
  ],
  [
    "n BETWEEN :n AND :s",
    "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {S:hello}",
  ],
  ["", "The expression can not be empty;"],
];

/** Conditions whose syntax is wrong, with the word at which AWS stops and what it shows around it. */
const malformed: readonly (readonly [string, string, string])[] = [
  ["s = = :s", "=", "= = :s"],
  ["s :s", ":s", "s :s"],
  ["(((s", "<EOF>", "s"],
  ["s = :s AND", "<EOF>", "AND"],
  ["s = :s)", ")", ":s)"],
  ["s", "<EOF>", "s"],
  [":s", "<EOF>", ":s"],
  ["1s = :s", "1", "1s"],
  ["s IN ()", ")", "()"],
  ["s IN :s", ":s", "IN :s"],
  ["lst[x] = :s", "x", "[x]"],
  ["lst[1.5] = :s", ".", "1.5"],
  ["s ! :s", "!", "s ! :s"],
  ["s. = :s", "=", ". = :s"],
  ["s BETWEEN :s", "<EOF>", ":s"],
  ["s = :s OR AND n = :n", "AND", "OR AND n"],
  ["(s = :s) = :t", "=", ") = :t"],
];

function used(expression: string): { names: object; values: object } {
  const words = new Set(expression.match(/[#:]\w+/g) ?? []);
  const all: Readonly<Record<string, TestItem[string]>> = { ...values, ":n4": { N: "2.5" } };
  const pick = (from: Readonly<Record<string, unknown>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(from).filter(([name]) => words.has(name)));
  return { names: pick(names), values: pick(all) };
}

/** A put under a condition on the sample, which stays as it is when the condition holds. */
function putWhen(expression: string, then: ReturnType<CaseMaker>["then"]): CaseMaker {
  const { names: usedNames, values: usedValues } = used(expression);
  return (key) => {
    const item = { a: { S: key }, ...sample };
    return {
      name: `condition ${expression}`,
      given: [{ table: "Plain", item }],
      when: {
        operation: "PutItem",
        input: {
          TableName: "Plain",
          Item: item,
          ConditionExpression: expression,
          ...(Object.keys(usedNames).length > 0 ? { ExpressionAttributeNames: usedNames } : {}),
          ...(Object.keys(usedValues).length > 0 ? { ExpressionAttributeValues: usedValues } : {}),
        },
      },
      then,
    };
  };
}

export const conditionCases: readonly CaseMaker[] = [
  ...holds.map((expression) => putWhen(expression, { ok: {} })),
  ...failing.map((expression) => putWhen(expression, conditionFailed)),
  ...refused.map(([expression, message]) => putWhen(expression, invalid(`Invalid ConditionExpression: ${message}`))),
  ...malformed.map(([expression, token, near]) =>
    putWhen(expression, invalid(`Invalid ConditionExpression: Syntax error; token: "${token}", near: "${near}"`)),
  ),
];
