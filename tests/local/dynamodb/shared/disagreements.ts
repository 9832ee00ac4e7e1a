import type { Outcome } from "../outcome";
import type { Target } from "../targets";

/** Where another DynamoDB answers otherwise than the suite expects, and why the suite is right. */
interface Disagreement {
  readonly target: Exclude<Target["name"], "local">;
  readonly cases: RegExp;
  /** Part of the other's answer, so that the entry ends when the other changes. */
  readonly theirs: RegExp;
  readonly reason: string;
  /** AWS's word on it. */
  readonly source: string;
}

const api = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference";
const guide = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";

export const disagreements: readonly Disagreement[] = [
  {
    target: "dynalite",
    cases: /^condition (lst = :list|#map = :map|lst\[2\] IN \(:deep, :s\))$/,
    theirs: /ConditionalCheckFailed/,
    reason: "lists and maps are equal when their content is",
    source: `${guide}/Expressions.OperatorsAndFunctions.html`,
  },
  {
    target: "dynalite",
    cases: /^update REMOVE lst\[0\], lst\[2\]$/,
    theirs: /"lst":\{"L":\[\{"N":"2"\},\{"N":"3"\}\]\}/,
    reason: "list positions of one REMOVE are those of the item as it was",
    source: `${guide}/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.REMOVE`,
  },
  {
    target: "dynoxide",
    cases: /^update REMOVE lst\[0\], lst\[2\]$/,
    theirs: /"lst":\{"L":\[\{"N":"2"\},\{"N":"3"\}\]\}/,
    reason: "list positions of one REMOVE are those of the item as it was",
    source: `${guide}/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.REMOVE`,
  },
  {
    target: "dynalite",
    cases: /^update SET n = :huge \+ :tiny$/,
    theirs: /"ok"/,
    reason: "a number has at most 38 significant digits",
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number`,
  },
  {
    target: "dynoxide",
    cases: /^update SET lst\[9\]/,
    theirs: /"NULL":true/,
    reason: "an element behind the end of a list is appended to it",
    source: `${guide}/Expressions.UpdateExpressions.html#Expressions.UpdateExpressions.SET.AddingListElements`,
  },
  {
    target: "dynalite",
    cases: /^condition size\(blank\) = :zero$/,
    theirs: /ConditionalCheckFailed/,
    reason: "the size of an empty text is 0",
    source: `${guide}/Expressions.OperatorsAndFunctions.html#Expressions.OperatorsAndFunctions.Functions`,
  },
  {
    target: "dynoxide",
    cases: /^condition (SIZE\(s\)|attribute_type\(s, :(n|wrong)\)|s = s$|lst\[0\]\.k < lst)/,
    theirs: /"ok"|ConditionalCheckFailed/,
    reason:
      "function names are lower case, types are checked against the list of types, operands differ from each other",
    source: `${guide}/Expressions.OperatorsAndFunctions.html`,
  },
  {
    target: "dynoxide",
    cases:
      /^condition (size\(s\)$|NOT size|begins_with\(s, :h\) =|size\(contains|size\(s, n\)|attribute_exists\(s, n\)|contains\(s\)|attribute_exists\(:s\)|size\(:n\))/,
    theirs: /ValidationException.*Invalid ConditionExpression/,
    reason: "dynoxide's parser refuses it in its own words",
    source: `${guide}/Expressions.OperatorsAndFunctions.html`,
  },
  {
    target: "dynoxide",
    cases: /^condition (#zz|s = :zz)/,
    theirs: /"An expression attribute (name|value) used in/,
    reason: "dynoxide leaves out the expression's name",
    source: `${guide}/Expressions.ExpressionAttributeNames.html`,
  },
  {
    target: "dynoxide",
    cases:
      /^update (SET s = list_append\(:list, :s\)|SET n = n \+ :s|SET n = s|SET n = list_append|SET lst\[0\] = :s, lst\.k)/,
    theirs: /operand type: STRING|Operands for|requires two list|document path provided/,
    reason: "dynoxide says the same in its own words",
    source: `${guide}/Expressions.UpdateExpressions.html`,
  },
  {
    target: "dynoxide",
    cases: /^update REMOVE s\.k$/,
    theirs: /"ok"/,
    reason: "a path into a text is invalid for update, also for REMOVE",
    source: `${guide}/Expressions.Attributes.html`,
  },
  {
    target: "dynalite",
    cases: /^UpdateItem answers a legacy OR$/,
    theirs: /ConditionalCheckFailed/,
    reason: "with OR one of the conditions is enough, whichever it is",
    source: `${api}/API_UpdateItem.html#DDB-UpdateItem-request-ConditionalOperator`,
  },
  {
    target: "dynoxide",
    cases: /^PutItem refuses a bad value of an expression$/,
    theirs: /"The parameter cannot be converted to a numeric value: b"/,
    reason: "dynoxide leaves out which value it is",
    source: `${guide}/Expressions.ExpressionAttributeValues.html`,
  },
  {
    target: "dynalite",
    cases: /^GetItem refuses an empty key of a get$/,
    theirs: /values were invalid: The AttributeValue for a key attribute/,
    reason: "AWS words it alike for items and keys since 2020",
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html`,
  },
  {
    target: "dynoxide",
    cases: /^GetItem refuses a path into a key$/,
    theirs: /"ok"/,
    reason: "key attributes are scalars",
    source: `${guide}/HowItWorks.NamingRulesDataTypes.html`,
  },
  {
    target: "dynoxide",
    cases:
      /^query refuses (a key twice|OR|NOT|<>|IN|contains|a nested path|an inequality of the partition key|a limit of 0|two wrong members|a legacy condition on a key that is not indexable)$/,
    theirs: /ValidationException/,
    reason: "dynoxide refuses it in its own words or order",
    source: `${guide}/Query.KeyConditionExpressions.html`,
  },
  {
    target: "dynoxide",
    cases: /^query refuses a (value of another type|start key of another partition|start key outside of the range)$/,
    theirs: /"ok":\{"Count":0/,
    reason: "a query is held against the schema before it runs",
    source: `${api}/API_Query.html#DDB-Query-request-ExclusiveStartKey`,
  },
  {
    target: "dynalite",
    cases: /^query refuses (a key twice|a limit of 0|an empty table name)$/,
    theirs: /"KeyConditionExpressions must|at 'limit'|greater than or equal to 3/,
    reason: "dynalite has AWS's older words; a TableName may be an ARN since 2024, so that its length starts at 1",
    source: `${api}/API_Query.html#DDB-Query-request-TableName`,
  },
  {
    target: "dynoxide",
    cases: /^BatchWriteItem refuses an item without its key$/,
    theirs: /Missing the key a in the item/,
    reason: "in a batch AWS words a wrong key as it does for deletions; dynalite, checked against AWS, does so, too",
    source: `${api}/API_BatchWriteItem.html`,
  },
  {
    target: "dynoxide",
    cases: /^BatchGetItem refuses more than 100 keys of two tables$/,
    theirs: /Member must have length less than or equal to 100/,
    reason: "each of the two tables has fewer than 100 keys; it is their sum that is too large",
    source: `${api}/API_BatchGetItem.html`,
  },
  {
    target: "dynoxide",
    cases: /^TransactGetItems answers$/,
    theirs: /"Item":\{"a":/,
    reason: "a projection answers what it names and nothing else",
    source: `${guide}/Expressions.ProjectionExpressions.html`,
  },
];

export function disagreementOf(target: Target["name"], name: string): Disagreement | undefined {
  return disagreements.find((entry) => entry.target === target && entry.cases.test(name));
}

/**
 * The wording in which a target says what the suite expects in other words of the same meaning: dynalite shows its
 * parser's own syntax errors; dynoxide does so, too, and puts `1 validation error detected: ` before errors of
 * expressions, as AWS has begun to do for some operations in 2026, while the public suites expect AWS's older form.
 */
export function inTheirWords(target: Target["name"], theirs: Outcome, expected: Outcome): Outcome {
  if (target === "local" || !("message" in theirs) || !("message" in expected)) return theirs;
  const message = theirs.message.replace(/^1 validation error detected: (?!Value )/, "");
  const [expression] = expected.message.split(": ");
  const isSyntax = expected.message.includes("Syntax error; token:");
  if (isSyntax && theirs.error === expected.error && message.startsWith(`${expression}: `)) return expected;
  return { ...theirs, message };
}
