import { denies, allows, DOCUMENTS, GRANTING, isAllow, isOfRoot, type WithoutSecurity } from "./mutants";

/** Of policies and keys: rights less, denials more. */
export const DOCUMENTS_WITHOUT: readonly WithoutSecurity[] = [
  {
    path: /^(description|alarmDescription|name|dashboardName|eventDestinationName)$|Statement\.\[\]\.Sid$/,
    operators: ["remove", "replace", "open"],
    when: ({ type }) => !type.endsWith("EventDestination") && !type.endsWith("EmailIdentity"),
    reason: "A label: what refers to the resource does so by its outputs, and follows.",
  },
  {
    types: DOCUMENTS,
    path: /\.Version$/,
    reason: "AWS refuses any other version; the older one lacks policy variables, which no document uses.",
  },
  {
    types: GRANTING,
    path: /\.Statement\.\[\]\.Effect$/,
    operators: ["flip"],
    when: (mutant) => allows(mutant) && !isOfRoot(mutant.statement),
    reason: "A right less: what must be allowed is proven by the journeys and by the least-privilege tests.",
  },
  {
    types: GRANTING,
    path: /\.Statement\.\[\]$|\.Statement\.\[\]\.(Action|Resource)(\.\[\])?$/,
    operators: ["remove"],
    when: (mutant) =>
      (allows(mutant) || isAllow(mutant.before)) &&
      !isOfRoot(mutant.statement ?? mutant.before) &&
      !(mutant.type.endsWith(":RolePolicy") && mutant.path.endsWith(".Resource")),
    reason: "A right less (AWS refuses a statement without action or resource): see above.",
  },
  {
    types: ["RolePolicy", "ResourcePolicy"],
    path: /^policy$/,
    operators: ["remove"],
    reason: "Rights less: a policy that is required is refused without, and none grants nothing.",
  },
  {
    types: DOCUMENTS,
    path: /\.Statement\.\[\]\.(Action|Resource)(\.\[\])?$/,
    operators: ["open", "open service", "open prefix"],
    when: denies,
    reason: "A denial of more than before is stricter.",
  },
  {
    types: ["Key"],
    path: /\.Resource$/,
    operators: ["remove", "negate", "elsewhere"],
    reason: "In a key's policy the resource is the key itself, whatever is written; AWS refuses one without it.",
  },
  {
    types: ["ResourcePolicy"],
    path: /\.Resource$|SourceArn\.\[\]$/,
    operators: ["remove"],
    when: ({ path, name }) => path.endsWith("[]") || name.endsWith("source-policy"),
    reason: "In a table's policy the resource is the table itself; one source less admits less.",
  },
  {
    types: ["ResourcePolicy"],
    path: /^enableHybrid$/,
    reason: "Says whether Lake Formation's grants count beside the policy; it grants nothing itself.",
  },
  {
    types: ["RolePolicy", "ResourcePolicy"],
    path: /^$/,
    operators: ["drop"],
    reason: "Rights less: see above.",
  },
  {
    types: ["Key"],
    path: /^deletionWindowInDays$/,
    operators: ["raise", "remove"],
    reason: "30 days are AWS's default and its most.",
  },
  {
    types: ["RolePolicyAttachment"],
    path: /^(policyArn|role)$/,
    operators: ["remove", "replace"],
    reason: "AWS refuses it: both are required, and must be there.",
  },
];
