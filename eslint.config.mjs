import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules/", "dist/", ".local/", ".cache/", "bench/results/", "**/*.mjs", "**/*.cjs"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-console": "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-explicit-any": "error",
      // Wire formats are read with bracket access under noUncheckedIndexedAccess; a `!` after a checked length is fine.
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Functions over plain data are the house style: a handler that awaits nothing is still a handler.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // What comes over the wire, out of a table or from a composer in JavaScript may contradict its type: it is checked.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      "@typescript-eslint/no-base-to-string": "off",
      // A generic parameter that only names what comes back reads better than a cast at each call.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      "@typescript-eslint/no-invalid-void-type": [
        "error",
        { allowAsThisParameter: true, allowInGenericTypeArguments: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/no-dynamic-delete": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  { files: ["local/cli/**", "bench/**", "privilege/main.ts"], rules: { "no-console": "off" } },
  {
    files: ["tests/**", "bench/**"],
    rules: {
      "@typescript-eslint/no-unused-expressions": "off", // chai's `.to.be.true`
      "max-lines": "off",
      "no-restricted-properties": [
        "error",
        { object: "describe", property: "only", message: "Commit no focused test." },
        { object: "it", property: "only", message: "Commit no focused test." },
        { object: "describe", property: "skip", message: "Commit no skipped test." },
        { object: "it", property: "skip", message: "Commit no skipped test." },
      ],
    },
  },
  {
    // The corpus holds every form that a closure can have, good style or not; and it reads what bundles export.
    files: ["tests/closures/**"],
    rules: {
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/no-implied-eval": "off",
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "@typescript-eslint/no-unnecessary-template-expression": "off",
      "@typescript-eslint/only-throw-error": "off",
      "@typescript-eslint/restrict-plus-operands": "off",
      "@typescript-eslint/use-unknown-in-catch-callback-variable": "off",
      "no-var": "off",
      "prefer-rest-params": "off",
    },
  },
  { files: ["tests/**"], rules: { "@typescript-eslint/unbound-method": "off" } },
);
